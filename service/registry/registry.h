// SPDX-License-Identifier: Apache-2.0
// A client of a schema registry that speaks Confluent's HTTP interface, or Apicurio's own. Schemas
// are kept for ever (an id never changes its meaning; at most 64 MiB of them, then the oldest go),
// "no such schema" for a short time. Thread-safe. Redirects are not followed; answers are at most 1
// MiB.
//
// SCHEMA_UNKNOWN is RETRY where the registry may have the schema a moment later, and POISON for a
// schema that it has and we cannot use: not Avro, or too large. A schema that refers to others
// comes with them.
//
// Schemas are asked for by a thread of the registry's: whoever wants one waits half a second for
// it, and not at all while the registry is slower than that; then it is SCHEMA_UNREACHABLE until
// the answer is there.
#pragma once

#include "wire/framing.h"

struct registry;

// Which of Apicurio's ids a number in a value is, in the order of the option's choices.
enum use_id {
    USE_AGREEING_IDS, // not known: only where it makes no difference
    USE_CONTENT_ID,
    USE_GLOBAL_ID,
};

struct registry_options {
    enum registry_kind kind;  // Confluent's or Apicurio's own interface; no other has one here
    enum use_id use_id;       // of Apicurio
    const char *url;          // with the path under which /schemas stands; a comma-separated list
                              // is tried in order
    const char *basic_auth;   // "user:password" or NULL
    const char *bearer_token; // or NULL
    const char *ca_file;      // PEM, or NULL: the system's
    int timeout_ms;           // of one request, connection included
    int unknown_ttl_ms;       // how long a 404 is believed
};

// Whether what we write is framed by a registry's ids: where one is configured by Confluent's
// interface. A reader of any other finds single objects.
bool registry_takes_ours(const struct registry_options *options);

// Whether it is asked by Confluent's interface, and an address looks like that of Apicurio's, which
// counts by content ids.
bool registry_looks_like_apicurio(const struct registry_options *options);

// Strings are copied. NULL with err filled: FATAL for an unusable URL or CA file, RETRY without
// memory.
struct registry *registry_new(const struct registry_options *options, struct err *err);
void registry_free(struct registry *registry);

// The port for decoders: by id and by GUID; by fingerprint is always SCHEMA_UNKNOWN, POISON.
struct schema_source registry_schema_source(struct registry *registry);

// How many subjects it has: whether it answers, and lets us ask. RETRY (REGISTRY_UNREACHABLE);
// FATAL (REGISTRY_REFUSED).
int registry_count_subjects(struct registry *registry, size_t *count, struct err *err);
// Confluent's kind only. Registers a schema under a subject (idempotent) and gives its id.
// 0; RETRY (REGISTRY_UNREACHABLE); FATAL (REGISTRY_REFUSED: incompatible, unauthorised, ..., with
// what the registry said).
int registry_register(struct registry *registry, const char *subject, struct slice schema_json,
                      uint32_t *id, struct err *err);
