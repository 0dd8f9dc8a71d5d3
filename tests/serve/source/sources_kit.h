// SPDX-License-Identifier: Apache-2.0
// Sources in a made world, and what their hooks were told.
#pragma once

#include "serve/source/made_kafka.h"

struct sources_kit {
    struct made_kafka kafka;
    struct readings readings;
    struct metrics *metrics;
    atomic_bool stopping;
    struct sources sources;
    struct consumer_events events; // what a consumer would call

    // What was told.
    int started[MADE_PARTITIONS], dropped[MADE_PARTITIONS], revoked[MADE_PARTITIONS];
    int revocations, losses; // calls
    int64_t ends[MADE_PARTITIONS];
    int end_count;
    struct source_position started_at; // the last
    int failures;
    struct err failure; // the last
    bool has_no_memory; // the hook that is told of a start says so
};

int kit_open(void **state);
int kit_close(void **state);

// The group gives or takes the first count partitions.
void kit_take(struct sources_kit *kit, size_t count);
void kit_revoke(struct sources_kit *kit, size_t count, bool lost);
// It was read up to there of a log that has more, and its last record is the one of kit_record.
void kit_store(struct sources_kit *kit, int32_t partition, int64_t next_offset);
// Takes and starts the first partition, of which nine records were read.
struct reading *kit_started(struct sources_kit *kit);
struct reading *kit_reading(struct sources_kit *kit, int32_t partition);
void kit_pass(struct sources_kit *kit, int64_t us);
// A record as that offset has it; value NULL: as it was when it was read.
struct kafka_record kit_record(int32_t partition, int64_t offset, const char *value);
bool kit_wants(struct sources_kit *kit, const struct kafka_record *record);
// A broker tells where its log ends.
bool kit_heard(struct sources_kit *kit, struct reading *reading, int64_t log_end,
               int64_t asked_at_us);
int64_t kit_rebalances(const struct sources_kit *kit, enum rebalance_kind kind);
