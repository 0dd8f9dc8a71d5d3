// SPDX-License-Identifier: Apache-2.0
// What the made PostgreSQL holds. It is copied as a whole for what survives a crash; the versions
// of rows are never changed and live as long as the world.
#pragma once

#include "core/ports.h"
#include "sim/made_log.h"

enum { SIM_JOBS_MAX = 24, SIM_TOTALS_MAX = 512 };

struct made_total {
    struct slice organization_id, type;
    enum job_status status;
    int32_t shard;
    int64_t count;
};

struct made_database {
    const struct stored_row *rows[SIM_JOBS_MAX];
    size_t row_count;
    struct source_position positions[SIM_PARTITIONS];
    bool is_known[SIM_PARTITIONS];           // there is a row of it, with a position or without
    int64_t caught_up_at_us[SIM_PARTITIONS]; // as jobtrail.source_position has it
    struct made_total totals[SIM_TOTALS_MAX];
    size_t total_count;
    bool letters[SIM_PARTITIONS][SIM_OFFSETS_MAX];
};

// The place of a row, or row_count if there is none.
size_t made_database_find(const struct made_database *database, const struct job_key *key);
// Puts a row in its place; what it does not bring (see struct row_write) is the old one's. Copied
// into the arena.
void made_database_put(struct made_database *database, const struct row_write *write,
                       struct arena *arena);
// Copied into the arena.
void made_database_count(struct made_database *database, const struct count_delta *delta,
                         int32_t shard, struct arena *arena);
// Columns that live as long as the arena. Ends the program without memory.
void made_columns_copy(struct job_columns *columns, struct arena *arena);
