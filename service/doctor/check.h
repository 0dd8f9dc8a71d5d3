// SPDX-License-Identifier: Apache-2.0
// What can be looked at, each kind of it a check: a row of check_table, and a function that tells
// what it finds. A check changes nothing, needs nothing of another, and waits for nobody longer
// than it is told to. What is right is judged by the rules of whoever needs it in `serve`.
#pragma once

#include <stdint.h>

#include "base/finding.h"
#include "serve/process/config.h"

// What is asked about.
struct patient {
    const struct config *config;
    bool projects, has_gate, has_api; // which parts shall run
    struct slice token;               // absent: none was given
    int old_after_s;                  // a transaction is old after that
    int step_ms;                      // within which one question must be answered
};

// What a check stands on: where that failed, it is not looked at.
enum ground { ON_NOTHING, ON_POSTGRES, ON_SCHEMA, ON_KAFKA, ON_BOTH, GROUNDS };

struct check {
    const char *name;     // a word or two, for its findings
    const char *looks_at; // a line, for a person
    enum ground stands_on, is_ground_of;
    // Whether there is anything to look at; NULL: always.
    bool (*concerns)(const struct patient *patient);
    // An error: it could not be looked at.
    int (*run)(const struct patient *patient, struct findings *findings, struct err *err);
};

extern const struct check check_table[];
extern const size_t check_count;
