// SPDX-License-Identifier: Apache-2.0
// A schema with all that it refers to, directly or not: question after question, those first that
// others use. Nothing that a registry answers is trusted: how many and how large is bounded.
#pragma once

#include "base/err.h"
#include "registry/answer.h"
#include "registry/http.h"

enum { GATHER_SCHEMAS_MAX = 64, GATHER_DEPTH_MAX = 16 };

// How a kind of registry is asked. Errors as schema_source.h has them.
struct gather_manner {
    // The schema at that path, with what it refers to.
    int (*ask)(struct registry_http *http, const char *path, struct answered_schema *out,
               struct err *err);
    // The path of what is referred to, NUL-terminated, appended. POISON if none can be made of it.
    int (*path_of)(const json_t *reference, struct buffer *path, struct err *err);
};

extern const struct gather_manner confluent_manner;

// What schema_parse takes (wire/schema.h); malloc'ed. path: where the schema stands, as in
// "/schemas/ids/7". DONE; RETRY or POISON as schema_source.h has it.
int gather_schema(struct registry_http *http, const struct gather_manner *manner, const char *path,
                  char **json, struct err *err);

// For manners. GET of that path: DONE with an answer of a status below 300, else its refusal.
int gather_ask(struct registry_http *http, const char *path, struct buffer *answer,
               struct err *err);
// POISON: the reference says too little.
int gather_no_reference(struct err *err);
