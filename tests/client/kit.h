// SPDX-License-Identifier: Apache-2.0
// An emitter for a test: on librdkafka's mock cluster, which can be told to be away, or on a port
// at which nobody listens.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jobtrail/jobtrail.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#define NOBODY "127.0.0.1:1"

enum { LONG_MS = 60000 };

struct mock {
    rd_kafka_t *owner;
    rd_kafka_mock_cluster_t *cluster;
    const char *brokers;
};

void mock_open(struct mock *mock);
void mock_close(struct mock *mock);

// The settings of a test, and pairs of name and value besides; NULL ends them.
struct jobtrail_settings *kit_settings(const char *brokers, ...);
// An emitter of them, which it frees.
struct jobtrail_emitter *kit_emitter(struct jobtrail_settings *settings,
                                     jobtrail_delivered *delivered, jobtrail_room *room,
                                     void *self);
struct jobtrail_job *kit_job(struct jobtrail_emitter *emitter, const char *job_id);
struct jobtrail_counts kit_counts(struct jobtrail_emitter *emitter);
