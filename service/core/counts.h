// SPDX-License-Identifier: Apache-2.0
// How a batch changes the totals by organisation, type and status.
#pragma once

#include "core/ports.h"

struct count_entry;

struct counts {
    struct count_entry *table; // owned entries
};

void counts_init(struct counts *counts);
void counts_clear(struct counts *counts);
// Adds delta to one total; an absent type counts as empty. 0, or RETRY without memory.
int counts_add(struct counts *counts, struct slice organization_id, struct slice type,
               enum job_status status, int64_t delta, struct err *err);
// The totals that changed, sorted, copied into the arena. 0, or RETRY without memory.
int counts_list(struct counts *counts, struct arena *arena, const struct count_delta **out,
                size_t *count, struct err *err);
