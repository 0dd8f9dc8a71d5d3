// SPDX-License-Identifier: Apache-2.0
#include "serve/source/kafka_intake.h"

#include "base/log.h"

_Static_assert((int)AWAITED_NAME_BYTES >= (int)SCHEMA_NAME_KEY_BYTES, "a schema can be awaited");

struct intake_record kafka_intake_record(const struct kafka_record *record)
{
    return (struct intake_record){
        .source = {record->topic, record->partition},
        .offset = record->offset,
        .timestamp_ms = record->timestamp_ms,
        .stamped_by_broker = record->stamped_by_broker,
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
    if (rc && schema_is_unknown(err))
        return rc == RETRY ? STEP_SUSPECT : STEP_HOPELESS;
    if (!rc && what == DECODED_IGNORED)
        return STEP_IGNORE;
    return step_answer_of(rc, STEP_NOT_YET);
}

enum step_answer kafka_intake_check_event(struct event *event, const struct intake_record *record,
                                          struct arena *arena, struct err *err)
{
    int64_t broker_time_us = record->stamped_by_broker ? record->timestamp_ms * 1000 : TIME_NONE;

    return step_answer_of(event_check(event, broker_time_us, arena, err), STEP_NO_MEMORY);
}

static bool names_schema(const struct intake_record *record, struct schema_name *name)
{
    const struct wire_record wire = kafka_intake_wire(record);

    return framing_name(&wire, name);
}

void kafka_intake_name_awaited(void *self, const struct intake_record *record,
                               unsigned char name[AWAITED_NAME_BYTES])
{
    struct schema_name schema;

    (void)self;
    if (names_schema(record, &schema))
        schema_name_key(&schema, name);
}

void kafka_intake_tell_held(const char *who, const char *message,
                            const struct intake_record *record, const struct err *why)
{
    char text[SCHEMA_NAME_TEXT_SIZE] = "unreadable";
    struct schema_name schema;

    if (names_schema(record, &schema))
        schema_name_text(&schema, text);
    log_warn(who, message, LOG_SLICE("topic", record->source.topic),
             LOG_INT("partition", record->source.partition), LOG_INT("offset", record->offset),
             LOG_TEXT("schema", text), LOG_ERR(why));
}

void kafka_intake_tell_letter(const char *who, const struct dead_letter *letter)
{
    log_warn(who, "dead letter", LOG_SLICE("topic", letter->source.topic),
             LOG_INT("partition", letter->source.partition), LOG_INT("offset", letter->offset),
             LOG_TEXT("stage", letter->stage), LOG_TEXT("reason", letter->reason),
             LOG_SLICE("error", letter->message));
}
