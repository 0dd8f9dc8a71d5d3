// SPDX-License-Identifier: Apache-2.0
// A struct kafka_message is librdkafka's own message under another name: a record costs no
// allocation of ours, and no header of ours knows librdkafka.
#include <librdkafka/rdkafka.h>

#include "kafka/consumer.h"

// Of librdkafka's bookkeeping for one record, about.
enum { MESSAGE_OVERHEAD_BYTES = 320 };

static const rd_kafka_message_t *native(const struct kafka_message *message)
{
    return (const void *)message;
}

static struct slice bytes(const void *data, size_t size)
{
    return (struct slice){data, data ? size : 0};
}

void kafka_message_record(const struct kafka_message *message, struct kafka_record *out)
{
    const rd_kafka_message_t *from = native(message);
    rd_kafka_timestamp_type_t kind;
    int64_t timestamp_ms = rd_kafka_message_timestamp(from, &kind);

    *out = (struct kafka_record){
        .partition = from->partition,
        .topic = slice_of(rd_kafka_topic_name(from->rkt)),
        .offset = from->offset,
        .timestamp_ms = kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? -1 : timestamp_ms,
        .stamped_by_broker = kind == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME,
        .key = bytes(from->key, from->key_len),
        .value = bytes(from->payload, from->len),
        .bytes = MESSAGE_OVERHEAD_BYTES + from->len + from->key_len,
        .broker_id = rd_kafka_message_broker_id(from),
    };
}

void kafka_message_headers(const struct kafka_message *message, struct record_header *headers,
                           size_t max, size_t *count)
{
    rd_kafka_headers_t *list;
    const char *name;
    const void *value;
    size_t size;

    *count = 0;
    if (rd_kafka_message_headers(native(message), &list))
        return;
    *count = rd_kafka_header_cnt(list);
    for (size_t i = 0; i < *count && i < max; i++) {
        if (rd_kafka_header_get_all(list, i, &name, &value, &size))
            return;
        headers[i] = (struct record_header){slice_of(name), bytes(value, size)};
    }
}

void kafka_message_free(struct kafka_message *message)
{
    if (message)
        rd_kafka_message_destroy((void *)message);
}
