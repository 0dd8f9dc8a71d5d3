// SPDX-License-Identifier: Apache-2.0
// Reads the record of a dead letter as `serve` would, with the schemas that are known now.
#pragma once

#include <jansson.h>

#include "core/event.h"
#include "serve/process/config.h"
#include "store/operator/dead_letters.h"

struct letter_decoder;

// is_stopped: nobody waits for an answer any more; NULL: somebody always does. Errors as
// schemas_open.
int letter_decoder_new(const struct config *config, bool (*is_stopped)(void),
                       struct letter_decoder **out, struct err *err);
// Accepts NULL.
void letter_decoder_free(struct letter_decoder *decoder);

// As decode_event; what is to be ignored is FATAL. A registry that is slow is waited for, for some
// seconds. Texts are borrowed from the letter.
int letter_decode_event(struct letter_decoder *decoder, const struct kept_dead_letter *letter,
                        struct event *event, struct err *err);
// The record of an event or a cancel request as JSON, which becomes the caller's. Errors as above.
int letter_decode_json(struct letter_decoder *decoder, const struct kept_dead_letter *letter,
                       json_t **out, struct err *err);
// What the value says of its writer's schema, malloc'ed; NULL: nothing that is known, or no memory.
char *letter_schema_text(const struct kept_dead_letter *letter);
