// SPDX-License-Identifier: Apache-2.0
// What the measuring programs share: waiting for a moment, and what many durations come to. Thread-
// safe: nothing is kept.
#pragma once

#include <stddef.h>
#include <stdint.h>

// A moment of clock_monotonic_us. One that has passed is not waited for.
void timing_sleep_until(int64_t until_us);
// Upwards.
void timing_sort(int64_t *durations_us, size_t count);
// Of at least one, sorted; percent: 0 to 100.
double timing_percentile_ms(const int64_t *sorted_us, size_t count, size_t percent);
