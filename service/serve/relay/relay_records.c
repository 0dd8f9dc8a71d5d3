// SPDX-License-Identifier: Apache-2.0
#include "serve/relay/relay_records.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/secret_header.h"
#include "wire/schemas.h"

enum { CONNECT_HEADERS = 6, BYTES_A_RECORD = 512 };

void relay_records_init(struct relay_records *records)
{
    *records = (struct relay_records){.framing = FRAMING_SINGLE_OBJECT};
    buffer_init(&records->value);
    arena_init(&records->arena);
}

void relay_records_close(struct relay_records *records)
{
    buffer_free(&records->value);
    arena_reset(&records->arena);
}

// id and time_us: the CloudEvent's.
static int make(struct relay_records *records, const struct cancel_message *message,
                const char *schema, const struct uuid *id, int64_t time_us, struct slice job_id,
                struct slice traceparent, struct err *err)
{
    size_t count = CLOUD_EVENT_HEADERS;
    int rc;

    buffer_clear(&records->value);
    rc =
        encode_cancel_message(message, records->framing, records->schema_ids, &records->value, err);
    if (rc)
        return rc;
    cloud_event_make(&records->cloud, id, time_us, SLICE_LITERAL("urn:jobtrail:relay"),
                     slice_of(own_schema_find(schema)->full_name), job_id);
    memcpy(records->headers, records->cloud.headers, sizeof records->cloud.headers);
    if (!slice_is_null(traceparent))
        records->headers[count++] =
            (struct record_header){SLICE_LITERAL(HEADER_TRACEPARENT), traceparent};
    records->record = (struct producer_record){
        .partition = -1,
        .key = job_id,
        .value = buffer_slice(&records->value),
        .headers = records->headers,
        .header_count = count,
    };
    return DONE;
}

int relay_record_command(struct relay_records *records, const struct outbox_command *command,
                         struct err *err)
{
    const struct cancel_message message = {
        .kind = CANCEL_JOB,
        .job =
            {
                .command_id = command->command_id,
                .request_id = command->request_id,
                .organization_id = command->organization_id,
                .job_id = command->job_id,
                .attempt = command->attempt,
                .type = command->type,
                .requester_id = command->requester_id,
                .issued_at_us = command->issued_at_us,
                .reason = command->reason,
            },
    };

    return make(records, &message, "CancelJob", &command->command_id, command->issued_at_us,
                command->job_id, command->traceparent, err);
}

int relay_record_decision(struct relay_records *records, const struct outbox_decision *decision,
                          struct err *err)
{
    const struct cancel_message message = {
        .kind = CANCEL_DECIDED,
        .decided =
            {
                .request_id = decision->request_id,
                .organization_id = decision->organization_id,
                .job_id = decision->job_id,
                .requester_id = decision->requester_id,
                .decision = (int32_t)decision->decision,
                .reason_code = (int32_t)decision->reason_code,
                .has_command = decision->has_command,
                .command_id = decision->command_id,
                .decided_at_us = decision->decided_at_us,
            },
    };
    // A second event of the same request, and no repetition of the first, has an id of its own.
    struct uuid event_id = decision->request_id;

    if (decision->is_withdrawal &&
        !uuid_from_name(&decision->request_id, SLICE_LITERAL("withdrawn"), &event_id))
        return err_no_memory(err);
    return make(records, &message, "CancelDecided", &event_id, decision->decided_at_us,
                decision->job_id, decision->traceparent, err);
}

int relay_record_dead_letter(struct relay_records *records, const struct outbox_dead_letter *letter,
                             struct err *err)
{
    const struct dead_letter *dead = &letter->letter;
    struct record_header *headers =
        arena_alloc(&records->arena, (dead->header_count + CONNECT_HEADERS) * sizeof *headers);
    size_t count = 0;

    if (!headers)
        return err_no_memory(err);
    for (size_t i = 0; i < dead->header_count; i++)
        if (!header_goes_no_further(dead->headers[i].name, dead->headers[i].value))
            headers[count++] = dead->headers[i];
    snprintf(records->partition, sizeof records->partition, "%" PRId32, dead->source.partition);
    snprintf(records->offset, sizeof records->offset, "%" PRId64, dead->offset);
#define CONNECT_HEADER(name, value)                                                                \
    headers[count++] = (struct record_header){SLICE_LITERAL("__connect.errors." name), (value)}
    CONNECT_HEADER("topic", dead->source.topic);
    CONNECT_HEADER("partition", slice_of(records->partition));
    CONNECT_HEADER("offset", slice_of(records->offset));
    CONNECT_HEADER("stage", slice_of(dead->stage));
    CONNECT_HEADER("exception.class.name", slice_of(dead->reason));
    CONNECT_HEADER("exception.message", dead->message);
#undef CONNECT_HEADER
    records->record = (struct producer_record){
        .partition = -1,
        .key = dead->key,
        .value = dead->value,
        .timestamp_ms = dead->timestamp_ms > 0 ? dead->timestamp_ms : 0,
        .headers = headers,
        .header_count = count,
    };
    return DONE;
}

size_t relay_record_bytes(const struct relay_records *records)
{
    const struct producer_record *record = &records->record;
    size_t bytes = BYTES_A_RECORD + record->key.size + record->value.size;

    for (size_t i = 0; i < record->header_count; i++)
        bytes += record->headers[i].name.size + record->headers[i].value.size;
    return bytes;
}
