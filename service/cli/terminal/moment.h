// SPDX-License-Identifier: Apache-2.0
// Moments and lengths of time as people type them. Local time is that of TZ, or else the machine's.
#pragma once

#include <stdint.h>

#include "base/attributes.h"
#include "base/err.h"
#include "base/time_us.h"

enum moment_edge { MOMENT_FIRST, MOMENT_LAST }; // of a day, or another span, that was named

// How long ago ("90s", "1h30m", "2d", "1w"), "now", "today", "yesterday", a local day
// ("2026-11-23"), a local time ("16:00", of today; "2026-11-23T16:00", with seconds or not, a blank
// for the T) or a moment with its offset ("2026-11-23T15:00:00Z"). FATAL (USAGE), which names the
// flag and says what is expected.
int moment_read(const char *text, const char *flag, enum moment_edge edge, int64_t now_us,
                int64_t *out_us, struct err *err);
// "90s", "1h30m"; or "90": seconds. False for anything else, and for more than a century.
bool span_read(const char *text, int64_t *seconds) MUST_CHECK;
