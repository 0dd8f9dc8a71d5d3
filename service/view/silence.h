// SPDX-License-Identifier: Apache-2.0
// Which running jobs are silent (docs/design.md, section 2): those of which nothing was heard for
// longer than their type may keep still. Judged when a job is shown, never folded: it becomes true
// without any event. Pure.
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "core/row.h"

struct silence_limit {
    struct slice type;
    int64_t after_us; // 0: never silent
};

struct silence_rules {
    int64_t after_us; // of types that are not listed; 0: never silent
    const struct silence_limit *by_type;
    size_t type_count;
};

// Reads "15m,Load=1h,Seed=never": a duration for all types, and TYPE=DURATION for some. "never" or
// 0 is never; else from a second to 365 days. Without one for all types these are never silent. A
// type with a comma in its name cannot be listed. What is read lives in the arena. FATAL
// (CONFIGURATION), its text begins with label; RETRY without memory.
int silence_read(const char *text, const char *label, struct arena *arena,
                 struct silence_rules *out, struct err *err);
// From which moment, past or to come, the job counts as silent if nothing is heard of it until
// then. TIME_NONE: it does not run, or its type is never silent.
int64_t silence_from_us(const struct silence_rules *rules, const struct job_columns *job);
// now_us: the wall clock.
bool silence_is(const struct silence_rules *rules, const struct job_columns *job, int64_t now_us);
