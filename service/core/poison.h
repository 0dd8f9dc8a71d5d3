// SPDX-License-Identifier: Apache-2.0
// Why a record becomes a dead letter: one place for every reason that struct err may then have, so
// that each is counted by itself. tests/lint/unused.py holds the list against the sources.
#pragma once

#include <stddef.h>

enum { POISON_REASONS = 32 };

// "TOMBSTONE" and so on; the last is "OTHER", for what is not in the list.
const char *poison_reason_name(size_t place);
// The place of a reason (may be NULL).
size_t poison_reason_place(const char *reason);
