// SPDX-License-Identifier: Apache-2.0
// The property: whatever way a set of events comes to core's fold, the columns and the history are
// the oracle's, and the packed columns are the same bytes.
#pragma once

#include <stdio.h>

#include "core/event.h"

// seed: of the orders, batches and trees. tell: where a failure is explained, NULL: nowhere.
bool fold_holds(const struct event *events, size_t count, uint64_t seed, struct arena *arena,
                FILE *tell);

// Leaves out events while the property still fails (under one of many seeds; *seed becomes that
// one). Returns how many are left.
size_t fold_shrink(struct event *events, size_t count, uint64_t *seed, struct arena *arena);
