// SPDX-License-Identifier: Apache-2.0
// What the tests of kafka share: an Admin client and plain producers beside the code under test,
// and a consumer whose events are written down. Brokers come from
// JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS, or from a mock cluster of the test's own.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <librdkafka/rdkafka.h>

#include "kafka/inspector.h"

// Each pause makes librdkafka fetch anew, which takes minutes while its locks are watched.
#ifdef __SANITIZE_THREAD__
enum { MANY = 2000 };
#else
enum { MANY = 40000 };
#endif
enum { PARTITIONS = 16, WAIT_MS = 30000 };

// The environment's brokers; fails the test with a clear message without them.
const char *world_brokers(void);
// A name nobody else has; never freed.
const char *world_name(const char *prefix);

// cleanup_policy may be NULL.
void world_create_topic(const char *brokers, const char *topic, int partitions,
                        const char *cleanup_policy);
void world_delete_topic(const char *brokers, const char *topic);
// Forgets what is before offset.
void world_delete_records(const char *brokers, const char *topic, int32_t partition,
                          int64_t offset);
// A plain producer, transactional if named. Freed by rd_kafka_destroy.
rd_kafka_t *world_producer(const char *brokers, const char *transactional_id);
// Sends numbered records ("0", "1", ... as values) to a partition and waits for them.
void world_send(rd_kafka_t *producer, const char *topic, int32_t partition, int first, int count);

// One that asks these brokers.
struct inspector *world_inspector(const char *brokers);

// A member of a group that records what it sees.
struct member {
    struct consumer *consumer;
    bool starts_itself; // starts what it takes at start_at
    int64_t start_at;
    bool ours[PARTITIONS], started[PARTITIONS];
    int taken, revoked, lost, failed;
    struct err failure;          // the last of a partition
    int64_t ends[PARTITIONS];    // the last told, -1: none
    int64_t next[PARTITIONS];    // behind the last record seen, or where it was started
    int64_t records[PARTITIONS]; // seen
    int repeated, misplaced;     // records out of order, or of a partition not started
    struct err trouble;          // the last that consumer_poll gave
    int troubles;
};

void member_open(struct member *member, const char *brokers, const char *group, const char *topic);
void member_start(struct member *member, const char *topic, int32_t partition, int64_t offset);
// Polls once and checks what comes. Returns the number of records.
size_t member_poll(struct member *member, int timeout_ms);
// Polls until the condition holds; fails the test after WAIT_MS.
#define member_until(member, condition)                                                            \
    do {                                                                                           \
        int64_t until_us_ = world_now_us() + WAIT_MS * 1000LL;                                     \
        while (!(condition) && world_now_us() < until_us_)                                         \
            member_poll((member), 20);                                                             \
        assert_true(condition);                                                                    \
    } while (0)
void member_close(struct member *member);
int64_t world_now_us(void);
