// SPDX-License-Identifier: Apache-2.0
// Apicurio Registry by its own interface, versions 2 and 3: the base URL ends in /v2 or /v3. It
// counts twice, versions of artifacts by global ids and texts by content ids; the same number is
// two things.
#pragma once

#include "registry/registry.h"

struct registry_http;

struct apicurio {
    enum use_id use_id;
    bool is_v3;
};

// DONE, or FATAL (CONFIGURATION): not every URL ends so, or not all in the same.
int apicurio_read(const struct registry_options *options, struct apicurio *out, struct err *err);
// How many artifacts there are, in the answer to a search. RETRY REGISTRY_UNREACHABLE if it is
// none.
int apicurio_count(struct slice answer, size_t *count, struct err *err);
// A schema by SCHEMA_BY_GLOBAL_ID, SCHEMA_BY_CONTENT_ID or SCHEMA_BY_ID, which is what use_id says.
// Both, if it says nothing: POISON unless both are the same. *json and errors as schema_source.h
// has them.
int apicurio_fetch(struct registry_http *http, const struct apicurio *apicurio,
                   const struct schema_name *name, char **json, struct err *err);
