// SPDX-License-Identifier: Apache-2.0
// Runs one check in a process of its own, so that one that hangs, crashes or runs out of memory is
// a finding, and never the end of the others.
#pragma once

#include "doctor/check.h"

// Adds what it finds; that it failed, crashed or did not end in time is a finding, too. The caller
// has no threads. RETRY: not even a process could be made.
int probe_run(const struct check *check, const struct patient *patient, int timeout_ms,
              struct findings *findings, struct err *err);
