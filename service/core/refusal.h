// SPDX-License-Identifier: Apache-2.0
// Finding the one record that PostgreSQL refuses: batches are divided until it is alone, then it is
// remembered, so that it comes as a dead letter (docs/design.md, section 6, POISON).
#pragma once

#include "core/batch.h"

struct refusal {
    size_t records_max; // of a batch, normally
    size_t limit;       // of a batch now
    size_t suspects;    // so many of the next records may be the one: batches do not grow meanwhile
    struct slice topic; // owned; of the record that was refused alone; absent: none
    int32_t partition;
    int64_t offset;
    struct err why;
};

void refusal_init(struct refusal *refusal, size_t records_max);
void refusal_free(struct refusal *refusal);
// PostgreSQL refused the data of a batch, while next was gathered.
void refusal_note(struct refusal *refusal, const struct batch *batch, const struct batch *next,
                  const struct err *err);
// A batch took too long for PostgreSQL: smaller ones follow. No record is to blame.
void refusal_shrink(struct refusal *refusal, const struct batch *batch);
// A batch of so many records was committed: once it cannot be among the next ones, batches grow.
void refusal_passed(struct refusal *refusal, size_t records);
// Batches are small, and one is committed before the next is gathered.
bool refusal_is_careful(const struct refusal *refusal);
// Whether this is the refused record; err is then what PostgreSQL said.
bool refusal_is_of(const struct refusal *refusal, const struct source *source, int64_t offset,
                   struct err *err);
