// SPDX-License-Identifier: Apache-2.0
// A client of a schema registry that speaks Confluent's HTTP interface. Schemas are kept for ever
// (an id never changes its meaning; at most 64 MiB of them, then the oldest go), "no such schema"
// for a short time. Thread-safe. Redirects are not followed; answers are at most 1 MiB.
//
// SCHEMA_UNKNOWN is RETRY where the registry may have the schema a moment later, and POISON for a
// schema that it has and we cannot use: not Avro, or too large. A schema that refers to others
// comes with them.
//
// Schemas are asked for by a thread of the registry's: whoever wants one waits half a second for
// it, and not at all while the registry is slower than that; then it is SCHEMA_UNREACHABLE until
// the answer is there.
#pragma once

#include "wire/schema_source.h"

struct registry;

struct registry_options {
    const char *url;          // with the path under which /schemas stands; a comma-separated list
                              // is tried in order
    const char *basic_auth;   // "user:password" or NULL
    const char *bearer_token; // or NULL
    const char *ca_file;      // PEM, or NULL: the system's
    int timeout_ms;           // of one request, connection included
    int unknown_ttl_ms;       // how long a 404 is believed
};

// Strings are copied. NULL with err filled: FATAL for an unusable URL or CA file, RETRY without
// memory.
struct registry *registry_new(const struct registry_options *options, struct err *err);
void registry_free(struct registry *registry);

// The port for decoders: by id and by GUID; by fingerprint is always SCHEMA_UNKNOWN, POISON.
struct schema_source registry_schema_source(struct registry *registry);

// How many subjects it has: whether it answers, and lets us ask. RETRY (REGISTRY_UNREACHABLE);
// FATAL (REGISTRY_REFUSED).
int registry_count_subjects(struct registry *registry, size_t *count, struct err *err);
// Registers a schema under a subject (idempotent) and gives its id.
// 0; RETRY (REGISTRY_UNREACHABLE); FATAL (REGISTRY_REFUSED: incompatible, unauthorised, ..., with
// what the registry said).
int registry_register(struct registry *registry, const char *subject, struct slice schema_json,
                      uint32_t *id, struct err *err);
