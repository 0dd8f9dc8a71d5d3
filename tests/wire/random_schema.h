// SPDX-License-Identifier: Apache-2.0
// Random writers of our events for the differential test: a schema that resolves to ours, with
// other fields between. All of it follows from the seed.
#pragma once

#include "base/buffer.h"
#include "wire/layout.h"

struct dice {
    uint64_t state;
};
uint64_t dice_roll(struct dice *dice, uint64_t sides); // 0 to sides - 1

// Appends the schema's JSON, NUL-terminated.
void random_schema(struct dice *dice, const struct layout *layout, struct buffer *out);
