// SPDX-License-Identifier: Apache-2.0
// What retention.ended-jobs and retention.organizations say: how long ended jobs are kept.
#pragma once

#include "core/horizon.h"

// Reads "365d,Seed=30d" for all organisations, and "acme=never,acme/Load=7d" for some. A duration
// has a day at least; "never" or 0 is for ever. What is read lives in the arena. FATAL
// (CONFIGURATION), its text begins with the option's name; RETRY without memory.
int retention_read(const char *of_all, const char *of_some, struct arena *arena,
                   struct keepings *out, struct err *err);
