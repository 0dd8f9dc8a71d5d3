// SPDX-License-Identifier: Apache-2.0
// A made Kafka: partitions whose records are acknowledged one after the other, and can be read at
// once or, behind an open transaction of somebody else, only later. One partition may be added
// while all is running. Some offsets hold no record (control records of transactions), some records
// cannot be understood, and some are events that the made PostgreSQL refuses.
#pragma once

#include "core/ports.h"
#include "property/dice.h"

enum { SIM_PARTITIONS = 4, SIM_OFFSETS_MAX = 1024 };
enum { SIM_ADDED = 2 }; // the partition that may be added, its topic's last

enum made_kind {
    MADE_EVENT,
    MADE_REFUSED, // an event that PostgreSQL refuses
    MADE_GARBAGE, // no event at all
    MADE_CONTROL, // no record at all
};

struct made_record {
    enum made_kind kind;
    struct event event;
    int64_t timestamp_ms, hash;
    int64_t acknowledged_at_us;
};

struct made_partition {
    struct source source;
    struct made_record records[SIM_OFFSETS_MAX]; // by offset
    int64_t size;                                // all that will ever be
    int64_t true_end;                            // acknowledged by now
    int64_t end;                                 // can be read by now
    bool is_there;                               // or will be added
};

struct made_log {
    struct made_partition partitions[SIM_PARTITIONS];
};

void made_log_init(struct made_log *log, bool all_are_there);
// Adds a record behind all others; it is not acknowledged yet. event: of MADE_EVENT and
// MADE_REFUSED.
void made_log_add(struct made_log *log, size_t partition, enum made_kind kind,
                  const struct event *event);
// A few more records are acknowledged at that moment, or can be read, or the partition is added.
void made_log_grow(struct made_log *log, struct dice *dice, int64_t now_us);
// How many partitions the topic has by now.
int32_t made_log_count(const struct made_log *log, struct slice topic);
bool made_log_is_whole(const struct made_log *log);
size_t made_log_find(const struct made_log *log, const struct source *source);
// The last record before that offset, -1: none.
int64_t made_log_last_before(const struct made_partition *partition, int64_t offset);
