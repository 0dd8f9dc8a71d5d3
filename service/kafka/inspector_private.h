// SPDX-License-Identifier: Apache-2.0
// The inside of an inspector: inspector.c has the client and what the cluster is, inspector_acls.c
// who may write.
#pragma once

#include <librdkafka/rdkafka.h>
#include <pthread.h>

#include "kafka/inspector.h"

struct inspector {
    rd_kafka_t *rk;
    pthread_mutex_t mutex; // librdkafka's threads tell of brokers
    int produce_version, fetch_version;
    struct err trouble; // the latest; disposition DONE: none
    uint32_t turn;
};
