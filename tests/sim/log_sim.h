// SPDX-License-Identifier: Apache-2.0
// One process reads a made topic, by its own dispatcher and sources, while the topic is deleted and
// made again, and leaders are elected that lack some records: all of it drawn from a seed.
//   log_sim_kafka.c     the logs, and a client that reads them as librdkafka does
//   log_sim_postgres.c  positions, and the worker that moves them
//   log_sim_process.c   a process from its start to its end, and the person who starts the next one
#pragma once

#include "property/dice.h"
#include "serve/made_message.h"
#include "serve/projection/dispatch.h"

#define LOG_SIM_TOPIC "events"
enum {
    LOG_SIM_PARTITIONS = 3,
    LOG_SIM_OFFSETS_MAX = 400,
    LOG_SIM_WAITING_MAX = 64,
    LOG_SIM_LIVES_MAX = 256,
};

// A record, from being fetched until the world ends.
struct sim_message {
    struct kafka_message message; // first: the dispatcher has it as that
    char value[24];
    int life;        // in which it was written
    int before_life; // in which the one before it was, in the log that it was read from
    struct sim_message *before;
};

struct sim_partition {
    // The log. Each time the topic is made again its logs begin another life, empty; a log that
    // loses records begins one where they were.
    int64_t end;
    int log_life;
    int lives[LOG_SIM_OFFSETS_MAX]; // in which its records were written
    int32_t leader;
    bool is_projected[LOG_SIM_OFFSETS_MAX]; // by committed work; of the log's records

    // The client.
    bool is_fetched;
    int64_t fetch_at;
    bool has_notice;      // that the topic was made again, still to be told,
    int notice_life;      // which began this life
    bool has_late_notice; // perhaps not with the next poll
    struct sim_message *waiting[LOG_SIM_WAITING_MAX]; // fetched, not polled
    size_t waiting_count;

    // The table.
    struct stored_position stored;
    int64_t checkpointed_at_us;
    int position_life; // in which the last record that was read was written
    bool is_mixed;     // and what is behind it was read of another

    // The worker.
    bool is_taken;
    int64_t expected; // where the stored position must stand
    struct source_position position;
    struct read_record first;                        // since it was taken; offset -1: none
    struct sim_message *folded[LOG_SIM_OFFSETS_MAX]; // not committed
    size_t folded_count;
};

// What began a life.
struct sim_change {
    // The client is told of it, or nothing was heard of the brokers for so long that everything is
    // compared.
    bool is_noticed;
    bool is_of_one; // partition, whose records from the offset on were lost
    size_t partition;
    int64_t offset;
};

struct log_sim {
    struct dice dice;
    int64_t now_us;
    int64_t pace_us;   // that passes at most between two things
    size_t trouble_of; // so many steps one is trouble
    int life;          // the latest
    struct sim_change changes[LOG_SIM_LIVES_MAX];
    bool tells_remaking; // the client is told whenever the topic is made again
    struct sim_partition partitions[LOG_SIM_PARTITIONS];
    struct sim_message *messages; // all that were made
    struct kafka_message found;   // what the probe read last
    char found_value[24];

    // The process.
    struct process process;
    struct readings readings;
    struct work_queue *queue;
    struct dispatcher dispatcher;
    struct consumer_events events;
    struct watched_end watched[LOG_SIM_PARTITIONS]; // what the log watch learned last
    bool is_watched;                                // and did not tell yet
    bool is_unheard;                                // no broker answers
    int64_t unheard_since_us;
    int unheard_since_life;

    size_t remade, torn, refused, starts, records;
    char fault[256]; // empty: none
};

// Keeps the first.
void log_sim_fault(struct log_sim *sim, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct source log_sim_source(size_t partition);

// log_sim_kafka.c
void log_sim_grow(struct log_sim *sim);
void log_sim_remake(struct log_sim *sim);
// Another broker leads one of the logs; perhaps it lacks records.
void log_sim_elect(struct log_sim *sim);
struct consumer_port log_sim_consumer(struct log_sim *sim);
struct cluster_port log_sim_cluster(struct log_sim *sim);
struct record_reader log_sim_reader(struct log_sim *sim);
// The client reads some more records of one partition.
void log_sim_fetch(struct log_sim *sim);
// What the client has, after it told what befell its partitions.
size_t log_sim_poll(struct log_sim *sim, struct kafka_message **messages, size_t max);
void log_sim_free_messages(struct log_sim *sim);

// log_sim_postgres.c
struct position_keeper log_sim_positions(struct log_sim *sim);
// The worker does one thing.
void log_sim_work(struct log_sim *sim);
// All of it: the queue is empty, and what was folded is committed.
void log_sim_work_all(struct log_sim *sim);
// A batch failed: what the worker has is to be read again.
void log_sim_fail_batch(struct log_sim *sim);
// jobtrail positions forget.
void log_sim_forget(struct log_sim *sim);

// log_sim_process.c
void log_sim_init(struct log_sim *sim, uint64_t seed);
// Trouble, then calm. False with the fault.
bool log_sim_run(struct log_sim *sim);
void log_sim_close(struct log_sim *sim);
