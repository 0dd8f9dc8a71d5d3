// SPDX-License-Identifier: Apache-2.0
// The packed column `history`; its layout stands in core/pack.h.
#pragma once

#include "core/history.h"

// False without memory. *out lives in the arena.
bool pack_history(const struct history *history, struct arena *arena, struct slice *out) MUST_CHECK;
// Fills an empty history. 0; RETRY without memory; FATAL for one that cannot be read.
int unpack_history(struct slice packed, struct history *history, struct err *err);
