// SPDX-License-Identifier: Apache-2.0
// For tests that link the failing malloc (jobtrail_test with WRAP_MALLOC).
#pragma once

#include "core/made.h"
#include "support/failing_malloc.h"

enum { ATTEMPTS_MAX = 10000 };

// Runs a scenario with its n-th allocation failing, for n from 1, until none of them is the n-th:
// each time it is RETRY, for a lack of memory, which the scenario leaves in *err.
static inline void with_each_allocation_failing(int (*scenario)(void), const struct err *err)
{
    for (long n = 1; n < ATTEMPTS_MAX; n++) {
        bool happened;
        int rc;

        failing_malloc_after(n);
        rc = scenario();
        happened = failing_malloc_happened();
        failing_malloc_never();
        assert_int_equal(rc, happened ? RETRY : DONE);
        if (!happened) {
            assert_true(n > 1);
            return;
        }
        assert_reason(*err, "OUT_OF_MEMORY");
    }
    fail_msg("the scenario never ran out of allocations");
}
