// SPDX-License-Identifier: Apache-2.0
#include "serve/made_message.h"

void kafka_message_record(const struct kafka_message *message, struct kafka_record *out)
{
    *out = message->record;
}

void kafka_message_headers(const struct kafka_message *message, struct record_header *headers,
                           size_t max, size_t *count)
{
    *count = message->header_count;
    for (size_t i = 0; i < *count && i < max; i++)
        headers[i] = message->headers[i];
}

void kafka_message_free(struct kafka_message *message)
{
    message->freed = true;
}
