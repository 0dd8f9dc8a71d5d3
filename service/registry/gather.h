// SPDX-License-Identifier: Apache-2.0
// A schema with all that it refers to, directly or not: question after question, those first that
// others use. Nothing that a registry answers is trusted: how many and how large is bounded.
#pragma once

#include "base/err.h"
#include "registry/http.h"

enum { GATHER_SCHEMAS_MAX = 64, GATHER_DEPTH_MAX = 16 };

// What schema_parse takes (wire/schema.h); malloc'ed. path: where the schema stands, as in
// "/schemas/ids/7". DONE; RETRY or POISON as schema_source.h has it.
int gather_schema(struct registry_http *http, const char *path, char **json, struct err *err);
