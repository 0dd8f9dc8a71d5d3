// SPDX-License-Identifier: Apache-2.0
// A made Kafka and a made store of positions for what reads partitions: they answer as a test says,
// fail where it says, and write down what was asked. Time is the test's too.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "serve/source/sources.h"

enum made_call {
    ASKED_CLUSTER,
    ASKED_TOPIC,
    ASKED_POSITION,
    ASKED_BOUNDS,
    ASKED_RECORD,
    ASKED_CREATE,
    ASKED_START,
    ASKED_STOP,
    ASKED_PAUSE,
    ASKED_RESUME,
    MADE_CALLS,
};

#define MADE_TOPIC "events"
enum { MADE_PARTITIONS = 4 };

struct made_partition {
    int64_t low, high; // its log
    bool has_no_leader;
    int32_t leader;
    struct kafka_message *kept; // what is read of it by an offset; NULL: nothing
    struct read_record checkpoints[CHECKPOINTS_MAX]; // stored with its position
    size_t checkpoint_count;
    int64_t is_moved_to; // by somebody else, once the position was asked for; 0: it is not
    bool is_stored;      // its position is
    struct source_position position;
    char cluster_id[16]; // stored with it; empty: none
    bool started, paused;
    int64_t start_offset;
};

struct made_kafka {
    struct made_partition partitions[MADE_PARTITIONS];
    const char *cluster_id;
    struct topic_state topic;
    struct err failure[MADE_CALLS]; // a call fails with it, if it has a disposition
    int calls[MADE_CALLS];          // how often each was made, counting partitions
    int rests;                      // how often the store was left alone
    char asked[4096];               // what was asked, in order, such as "position 0, bounds 0, "
    int64_t now_us;
};

// Empty logs, no positions; every call succeeds.
void made_kafka_init(struct made_kafka *kafka);
struct consumer_port made_consumer(struct made_kafka *kafka);
struct cluster_port made_cluster(struct made_kafka *kafka);
struct position_keeper made_positions(struct made_kafka *kafka);
struct record_reader made_reader(struct made_kafka *kafka);
// A clock for struct sources_options: the time of the one that was initialised last.
int64_t made_clock(void);
// The n-th partition; the topic is NUL-terminated.
struct source made_source(int32_t partition);

// What made_kafka.c keeps of the log. Until release_log nothing is written to standard error.
void catch_log(void);
// All that was logged since; of the catcher until the next call.
const char *caught_log(void);
void release_log(void);
