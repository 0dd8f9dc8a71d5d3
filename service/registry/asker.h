// SPDX-License-Identifier: Apache-2.0
// Asks for schemas on a thread of its own, one after the other: whoever needs one waits for a
// moment, and goes on with something else while a registry hangs. Thread-safe.
#pragma once

#include "wire/schema_source.h"

struct asker;

// How long the first one who wants a schema waits for it. While the registry keeps longer waiting
// than that, nobody waits.
enum { ASKER_PATIENT_MS = 500, ASKER_QUESTIONS_MAX = 64 };

// source: asked on that thread, and may block; borrowed. NULL without memory.
struct asker *asker_new(const struct schema_source *source);
// Waits for the question under way: have the source give up first. Accepts NULL.
void asker_free(struct asker *asker);
// What the source says, or RETRY SCHEMA_UNREACHABLE: it has not answered yet. Its answer is kept
// for whoever asks again, for a few seconds. RETRY without memory or threads.
int asker_ask(struct asker *asker, const struct schema_name *name, char **json, struct err *err);
