// SPDX-License-Identifier: Apache-2.0
#include "serve/source/kafka_intake.h"

struct intake_record kafka_intake_record(const struct kafka_record *record)
{
    return (struct intake_record){
        .source = {record->topic, record->partition},
        .offset = record->offset,
        .timestamp_ms = record->timestamp_ms,
        .key = record->key,
        .value = record->value,
    };
}

int kafka_intake_headers(const struct kafka_message *message, struct record_header *room,
                         size_t room_count, struct arena *arena, struct intake_record *record,
                         struct err *err)
{
    struct record_header *headers = room;
    size_t count;

    kafka_message_headers(message, room, room_count, &count);
    if (count > room_count) {
        headers = arena_alloc(arena, count * sizeof *headers);
        if (!headers)
            return err_no_memory(err);
        kafka_message_headers(message, headers, count, &count);
    }
    record->headers = headers;
    record->header_count = count;
    return DONE;
}

struct wire_record kafka_intake_wire(const struct intake_record *record)
{
    return (struct wire_record){record->value, record->headers, record->header_count};
}

enum step_answer kafka_intake_decoded(int rc, enum decoded what, const struct err *err)
{
    if (rc == RETRY)
        return schema_is_unknown(err) ? STEP_SUSPECT : STEP_NOT_YET;
    if (!rc && what == DECODED_IGNORED)
        return STEP_IGNORE;
    return step_answer_of(rc, STEP_NOT_YET);
}
