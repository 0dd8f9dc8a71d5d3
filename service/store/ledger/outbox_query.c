// SPDX-License-Identifier: Apache-2.0
// What a claim gave, row by row: the columns in the order of queries/outbox_*.sql.
#include "base/arena.h"
#include "store/connection/array_read.h"
#include "store/connection/values.h"
#include "store/ledger/outbox_private.h"

static struct slice bytes_at(const struct outbox *outbox, size_t row, int column)
{
    return value_bytes(outbox->answer, (int)row, column);
}

static bool uuid_at(const struct outbox *outbox, size_t row, int column, struct uuid *out)
{
    struct slice bytes = bytes_at(outbox, row, column);

    *out = (struct uuid){0};
    if (bytes.size != sizeof out->bytes)
        return false;
    memcpy(out->bytes, bytes.data, sizeof out->bytes);
    return true;
}

void outbox_command(const struct outbox *outbox, size_t index, struct outbox_command *out)
{
    *out = (struct outbox_command){
        .id = value_int8(outbox->answer, (int)index, 0),
        .received_at_us = value_time(outbox->answer, (int)index, 1),
        .organization_id = bytes_at(outbox, index, 4),
        .job_id = bytes_at(outbox, index, 5),
        .attempt = value_int4(outbox->answer, (int)index, 6),
        .type = bytes_at(outbox, index, 7),
        .requester_id = bytes_at(outbox, index, 8),
        .issued_at_us = value_time(outbox->answer, (int)index, 9),
        .reason = bytes_at(outbox, index, 10),
        .traceparent = bytes_at(outbox, index, 11),
    };
    out->facts.job.known = value_bool(outbox->answer, (int)index, 12);
    out->facts.job.creation_known = value_bool(outbox->answer, (int)index, 13);
    out->facts.job.creator_id = bytes_at(outbox, index, 14);
    out->facts.job.creator_disputed = value_bool(outbox->answer, (int)index, 15);
    (void)uuid_at(outbox, index, 2, &out->command_id);
    (void)uuid_at(outbox, index, 3, &out->request_id);
}

void outbox_decision(const struct outbox *outbox, size_t index, struct outbox_decision *out)
{
    *out = (struct outbox_decision){
        .id = value_int8(outbox->answer, (int)index, 0),
        .organization_id = bytes_at(outbox, index, 2),
        .job_id = bytes_at(outbox, index, 3),
        .requester_id = bytes_at(outbox, index, 4),
        .decision = CANCEL_REFUSED,
        .reason_code = REASON_OTHER,
        .decided_at_us = value_time(outbox->answer, (int)index, 8),
        .traceparent = bytes_at(outbox, index, 9),
        .is_withdrawal = value_bool(outbox->answer, (int)index, 10),
    };
    (void)uuid_at(outbox, index, 1, &out->request_id);
    if (!cancel_decision_of(bytes_at(outbox, index, 5), &out->decision))
        out->decision = CANCEL_REFUSED;
    if (!cancel_reason_of(bytes_at(outbox, index, 6), &out->reason_code))
        out->reason_code = REASON_OTHER;
    out->has_command = uuid_at(outbox, index, 7, &out->command_id);
}

void outbox_withdrawn(const struct outbox *outbox, size_t index, struct outbox_withdrawn *out)
{
    *out = (struct outbox_withdrawn){
        .organization_id = bytes_at(outbox, index, 1),
        .job_id = bytes_at(outbox, index, 2),
        .requester_id = bytes_at(outbox, index, 3),
    };
    (void)uuid_at(outbox, index, 0, &out->command_id);
}

// With a NUL behind it; NULL without memory.
static const char *copy_text(struct arena *arena, struct slice text)
{
    struct slice out = SLICE_NULL;

    return arena_copy(arena, text, &out) ? out.data : NULL;
}

static int read_headers(const struct outbox *outbox, size_t row, struct arena *arena,
                        struct dead_letter *letter, struct err *err)
{
    struct array_reader names, values;
    struct record_header *headers;

    if (!array_read(bytes_at(outbox, row, 10), &names) ||
        !array_read(bytes_at(outbox, row, 11), &values))
        return err_set(err, RETRY, "ANSWER", "PostgreSQL's answer cannot be read");
    headers = arena_alloc(arena, (names.count + 1) * sizeof *headers);
    if (!headers)
        return err_no_memory(err);
    letter->headers = headers;
    while (array_read_next(&names, &headers[letter->header_count].name) &&
           array_read_next(&values, &headers[letter->header_count].value))
        letter->header_count++;
    return DONE;
}

int outbox_dead_letter(const struct outbox *outbox, size_t index, struct arena *arena,
                       struct outbox_dead_letter *out, struct err *err)
{
    const PGresult *answer = outbox->answer;
    int row = (int)index;

    out->id = value_int8(answer, row, 0);
    out->letter = (struct dead_letter){
        .source = {bytes_at(outbox, index, 1), value_int4(answer, row, 2)},
        .offset = value_int8(answer, row, 3),
        .timestamp_ms = value_int8(answer, row, 4),
        .stage = copy_text(arena, bytes_at(outbox, index, 5)),
        .reason = copy_text(arena, bytes_at(outbox, index, 6)),
        .message = bytes_at(outbox, index, 7),
        .key = bytes_at(outbox, index, 8),
        .value = bytes_at(outbox, index, 9),
    };
    if (!out->letter.stage || !out->letter.reason)
        return err_no_memory(err);
    return read_headers(outbox, index, arena, &out->letter, err);
}
