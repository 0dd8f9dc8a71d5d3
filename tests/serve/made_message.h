// SPDX-License-Identifier: Apache-2.0
// Messages of Kafka that a test makes: it stands in for kafka/message.c, whose functions it has.
#pragma once

#include "kafka/consumer.h"

struct kafka_message {
    struct kafka_record record;
    const struct record_header *headers; // borrowed, as all texts of the record
    size_t header_count;
    bool freed; // by kafka_message_free, which frees no memory here
};
