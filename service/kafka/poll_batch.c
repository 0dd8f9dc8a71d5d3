// SPDX-License-Identifier: Apache-2.0
#include "kafka/consumer_private.h"

void poll_batch_add(struct poll_batch *batch, rd_kafka_message_t *message)
{
    batch->messages[batch->count++] = (void *)message;
}

void poll_batch_take_back(struct poll_batch *batch, const struct source *source)
{
    size_t kept = 0;

    for (size_t i = 0; i < batch->count; i++) {
        struct kafka_record record;

        kafka_message_record(batch->messages[i], &record);
        if (record.partition == source->partition && slice_equal(record.topic, source->topic))
            kafka_message_free(batch->messages[i]);
        else
            batch->messages[kept++] = batch->messages[i];
    }
    batch->count = kept;
}
