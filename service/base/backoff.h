// SPDX-License-Identifier: Apache-2.0
// How long to wait after the n-th failure in a row: doubling from a first time to a longest one,
// less a random part of up to half of it, so that many who wait do not come back at once.
#pragma once

#include <stdint.h>

// In whatever unit first and longest are. failures: how many there were before this one.
int64_t backoff_between(int64_t first, int64_t longest, unsigned failures, uint64_t random);
// For servers that we stand on (PostgreSQL, Kafka): from 100 ms to 5 s.
int64_t backoff_us(unsigned failures);

// When something that failed may be tried again. All zeros: at once.
struct backoff {
    unsigned failures; // in a row
    int64_t until_us;  // monotonic: not before
};

// It failed now.
void backoff_fail(struct backoff *backoff, int64_t now_us);
// It worked: the next failure is the first.
void backoff_end(struct backoff *backoff);
