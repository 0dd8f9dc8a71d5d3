// SPDX-License-Identifier: Apache-2.0
// The two clocks. core never includes this: it is told the time.
#pragma once

#include <stdint.h>

#include "base/time_us.h"

// The wall clock: may jump.
int64_t clock_now_us(void);
// Never goes back; its zero means nothing.
int64_t clock_monotonic_us(void);
