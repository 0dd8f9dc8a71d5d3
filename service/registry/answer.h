// SPDX-License-Identifier: Apache-2.0
// What a registry says, in JSON. Nothing in it is trusted.
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct answered_schema {
    char *text;         // owned
    json_t *references; // owned: an array of whatever; NULL: none
};

// The schema in an answer to a question for one; zeros before.
// 0; POISON SCHEMA_UNKNOWN if it is none that we can use; RETRY SCHEMA_UNREACHABLE if it is no such
// answer at all.
int answer_schema(struct slice answer, struct answered_schema *out, struct err *err);
// The list of what an Apicurio's schema refers to, the caller's. RETRY
// SCHEMA_UNREACHABLE if it is no list.
int answer_references(struct slice answer, json_t **out, struct err *err);
void answered_schema_free(struct answered_schema *schema);
// The id in an answer to a registration. RETRY REGISTRY_UNREACHABLE if there is none.
int answer_id(struct slice answer, uint32_t *id, struct err *err);
// How many there are in an answer to a question for all subjects. RETRY REGISTRY_UNREACHABLE if it
// is no such answer.
int answer_count(struct slice answer, size_t *count, struct err *err);
// What the registry says of a refusal, for a person: one line, cut; empty if it says nothing.
void answer_message(struct slice answer, char *out, size_t size);
// The body of a registration; malloc'ed, NULL without memory or if the schema is not UTF-8.
char *answer_registration(struct slice schema_json);
