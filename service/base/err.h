// SPDX-License-Identifier: Apache-2.0
// How a failure is told. A function that can fail returns 0, or the disposition of what went
// wrong, and fills the struct err that its caller passed last. The disposition decides what
// happens next (docs/design.md, section 6); the text is for a person.
#pragma once

#include "base/attributes.h"

enum disposition {
    DONE = 0, // nothing went wrong
    RETRY,    // the world failed, not the data: back off, say so, try again, lose nothing
    POISON,   // this one event cannot be understood: dead letter, go on
    FENCED,   // somebody else owns it now: abandon batch and cache
    FATAL,    // going on would harm: stop and say what to do
};

struct err {
    enum disposition disposition;
    const char *reason; // a constant like "INVALID_UTF8": for metrics and dead letters
    char text[512];     // one line for a person, without a newline at its end
};

// Fills err (never NULL) and returns the disposition, so that one can write
//     return err_set(err, POISON, "INVALID_UTF8", "field %s is not UTF-8", name);
// reason must live for ever. A text too long is cut.
int err_set(struct err *err, enum disposition disposition, const char *reason, const char *format,
            ...) PRINTF_LIKE(4, 5);

// An allocation failed: RETRY with reason "OUT_OF_MEMORY". Here, so that an analyser of one file
// sees that it never returns 0.
static inline int err_no_memory(struct err *err)
{
    err_set(err, RETRY, "OUT_OF_MEMORY", "out of memory");
    return RETRY;
}

// "retry", "poison", "fenced", "fatal"; "done" for DONE.
const char *disposition_name(enum disposition disposition);
