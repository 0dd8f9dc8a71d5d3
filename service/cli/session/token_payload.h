// SPDX-License-Identifier: Apache-2.0
// What a token says of itself, for messages and to build a path: NOT verified, which is for the
// server to do. Nothing is decided by it.
#pragma once

#include <jansson.h>

#include "base/buffer.h"
#include "base/err.h"

// The claims of a signed token, a new reference; NULL, too, for what is none. RETRY without
// memory.
int token_payload_read(struct slice token, json_t **out, struct err *err);
// What is wrong with the token as far as its own words go, for a person; "" if nothing is seen.
// claims may be NULL.
enum { TOKEN_WORDS_SIZE = 160 };
void token_payload_words(const json_t *claims, int64_t now_us, char out[TOKEN_WORDS_SIZE]);
