// SPDX-License-Identifier: Apache-2.0
// The inside of an inspector: inspector.c has the client and what the cluster is, inspector_acls.c
// who may write, inspector_group.c what we may.
#pragma once

#include <librdkafka/rdkafka.h>
#include <pthread.h>

#include "kafka/inspector.h"

struct inspector {
    rd_kafka_t *rk;
    const struct kafka_property *properties; // borrowed
    size_t property_count;
    _Atomic uint32_t turn; // counts questions about a topic's settings that no broker answered
    pthread_mutex_t mutex; // of what librdkafka's threads tell of brokers:
    int produce_version, fetch_version;
    struct err trouble; // the latest; disposition DONE: none
};
