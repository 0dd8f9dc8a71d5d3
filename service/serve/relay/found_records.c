// SPDX-License-Identifier: Apache-2.0
#include "serve/relay/found_records.h"

#include "serve/process/schemas.h"
#include "wire/headers.h"

enum { HEADERS_MAX = 16 };

int found_records_open(struct found_records *records, const struct process *process,
                       struct err *err)
{
    const struct decoder_options options = {.schemas = schemas_source_of_ours(process->schemas)};

    arena_init(&records->arena);
    records->decoder = cancel_decoder_new(&options, err);
    return records->decoder ? DONE : RETRY;
}

void found_records_close(struct found_records *records)
{
    record_decoder_free(records->decoder);
    records->decoder = NULL;
    arena_reset(&records->arena);
}

struct found_record {
    struct kafka_record record;
    struct cancel_message message;
    struct slice traceparent;
};

// A record that nobody can read is not ours: *is_read is false then.
static int read_record(struct found_records *records, const struct kafka_message *message,
                       struct found_record *out, bool *is_read, struct err *err)
{
    struct record_header headers[HEADERS_MAX];
    struct wire_record wire = {.headers = headers};
    const struct record_header *traceparent;
    enum decoded what = DECODED_RECORD;
    size_t count;
    int rc;

    *is_read = false;
    kafka_message_record(message, &out->record);
    kafka_message_headers(message, headers, HEADERS_MAX, &count);
    wire.value = out->record.value;
    wire.header_count = count < HEADERS_MAX ? count : HEADERS_MAX;
    rc = decode_cancel_message(records->decoder, &wire, &out->message, &what, err);
    if (rc == POISON)
        return DONE;
    traceparent = header_find(headers, wire.header_count, HEADER_TRACEPARENT);
    out->traceparent = traceparent ? traceparent->value : SLICE_NULL;
    *is_read = !rc && what == DECODED_RECORD;
    return rc;
}

static int64_t published_at_us(const struct found_record *found, int64_t otherwise_us)
{
    return found->record.timestamp_ms < 0 ? otherwise_us : found->record.timestamp_ms * 1000;
}

// Holds the words against the limits of a request, and cuts what they cut.
static int check_words(struct found_records *records, struct cancel_request *request, bool *is_good,
                       struct err *err)
{
    int rc = cancel_request_check(request, &records->arena, err);

    *is_good = !rc;
    return rc == POISON ? DONE : rc;
}

static int check_command(struct found_records *records, struct found_command *command,
                         bool *is_good, struct err *err)
{
    const struct job_key key = {command->organization_id, command->job_id};
    struct cancel_request request = {
        .organization_id = command->organization_id,
        .job_id = command->job_id,
        .requester_id = command->requester_id,
        .reason = command->reason,
        .traceparent = command->traceparent,
    };
    struct uuid id;
    int rc = check_words(records, &request, is_good, err);

    *is_good = *is_good && command->attempt >= 1 && command->attempt <= ATTEMPT_MAX &&
               command->type.size <= TYPE_MAX_BYTES;
    if (rc || !*is_good)
        return rc;
    command->reason = request.reason;
    command->traceparent = request.traceparent;
    rc = cancel_command_id(&key, command->attempt, &id, err);
    *is_good = !rc && !uuid_compare(&id, &command->command_id);
    return rc;
}

int found_command_read(struct found_records *records, const struct config *config,
                       const struct kafka_message *message, struct found_command *out,
                       bool *is_ours, struct err *err)
{
    struct found_record found;
    const struct cancel_job *job = &found.message.job;
    int rc = read_record(records, message, &found, is_ours, err);

    *is_ours = *is_ours && found.message.kind == CANCEL_JOB;
    if (rc || !*is_ours)
        return rc;
    *out = (struct found_command){
        .command_id = job->command_id,
        .request_id = job->request_id,
        .organization_id = job->organization_id,
        .job_id = job->job_id,
        .attempt = job->attempt,
        .type = job->type,
        .requester_id = job->requester_id,
        .reason = job->reason,
        .traceparent = found.traceparent,
        .issued_at_us = job->issued_at_us,
        .answer_by_us = job->issued_at_us + config->gate_rules.answer_within_us,
        .published_at_us = published_at_us(&found, job->issued_at_us),
    };
    return check_command(records, out, is_ours, err);
}

// What these refuse has no row by its identity, and is judged again as it was.
static bool has_identity(int32_t reason_code)
{
    return reason_code != REASON_INVALID_CREDENTIALS && reason_code != REASON_REQUEST_ID_REUSED;
}

// A row says granted with one of two reasons, and refused with none of them.
static bool is_consistent(const struct cancel_decided *decided)
{
    bool grants =
        decided->reason_code == REASON_CREATOR || decided->reason_code == REASON_ALREADY_REQUESTED;

    return grants == (decided->decision == CANCEL_GRANTED) && (decided->has_command || !grants);
}

int found_decision_read(struct found_records *records, const struct kafka_message *message,
                        struct found_decision *out, bool *is_ours, struct err *err)
{
    struct found_record found;
    const struct cancel_decided *decided = &found.message.decided;
    struct cancel_request request;
    int rc = read_record(records, message, &found, is_ours, err);

    *is_ours = *is_ours && found.message.kind == CANCEL_DECIDED && is_consistent(decided) &&
               has_identity(decided->reason_code);
    if (rc || !*is_ours)
        return rc;
    request = (struct cancel_request){
        .organization_id = decided->organization_id,
        .job_id = decided->job_id,
        .requester_id = decided->requester_id,
        .traceparent = found.traceparent,
    };
    rc = check_words(records, &request, is_ours, err);
    *out = (struct found_decision){
        .request_id = decided->request_id,
        .command_id = decided->command_id,
        .organization_id = decided->organization_id,
        .job_id = decided->job_id,
        .requester_id = decided->requester_id,
        .decision = slice_of(cancel_decision_name((enum cancel_decision)decided->decision)),
        .reason_code = slice_of(cancel_reason_name((enum cancel_reason_code)decided->reason_code)),
        .traceparent = request.traceparent,
        .decided_at_us = decided->decided_at_us,
        .published_at_us = published_at_us(&found, decided->decided_at_us),
    };
    return rc;
}
