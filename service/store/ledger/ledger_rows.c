// SPDX-License-Identifier: Apache-2.0
#include "store/ledger/ledger_rows.h"

// Only who is authenticated, and does not take another request's id, has an identity of its own.
static bool is_identified(const struct gate_verdict *verdict)
{
    return verdict->action == GATE_WAIT || (verdict->reason_code != REASON_INVALID_CREDENTIALS &&
                                            verdict->reason_code != REASON_REQUEST_ID_REUSED);
}

static struct ledger_request_row request_row(const struct ledger_entry *entry)
{
    const struct cancel_request *request = entry->request;
    const struct gate_verdict *verdict = entry->verdict;
    bool waits = verdict->action == GATE_WAIT;

    return (struct ledger_request_row){
        .request_id = request->request_id,
        .command_id = entry->command_id,
        .organization_id = request->organization_id,
        .job_id = request->job_id,
        .requester_id = request->requester_id,
        .channel = slice_of(request->origin.source.topic.data ? "kafka" : "http"),
        .topic = request->origin.source.topic,
        .decision = waits ? SLICE_NULL : slice_of(cancel_decision_name(verdict->decision)),
        .reason_code = waits ? SLICE_NULL : slice_of(cancel_reason_name(verdict->reason_code)),
        .creator_id = entry->facts->job.creator_id,
        .reason = request->reason,
        .traceparent = request->traceparent,
        .ledger_id = request->ledger_id,
        .record_offset = request->origin.offset,
        .received_at_us = request->received_at_us,
        .waits_until_us = waits ? entry->waits_until_us : TIME_NONE,
        .decided_at_us = waits ? TIME_NONE : verdict->decided_at_us,
        .job_revision = entry->facts->job.revision,
        .partition = request->origin.source.partition,
        .job_attempt = entry->facts->job.attempt,
        .identified = is_identified(verdict),
        .has_position = request->origin.source.topic.data,
        .has_job = entry->facts->job.known,
    };
}

static struct ledger_command_row command_row(const struct ledger_entry *entry)
{
    const struct cancel_request *request = entry->request;

    return (struct ledger_command_row){
        .command_id = entry->command_id,
        .request_id = request->request_id,
        .organization_id = request->organization_id,
        .job_id = request->job_id,
        .type = entry->facts->job.type,
        .creator_id = entry->facts->job.creator_id,
        .requester_id = request->requester_id,
        .reason = request->reason,
        .traceparent = request->traceparent,
        .answer_by_us = entry->answer_by_us,
        .attempt = entry->facts->job.attempt,
    };
}

static void add_command(struct ledger_rows *rows, const struct ledger_entry *entry)
{
    if (entry->verdict->issues_command)
        rows->issued[rows->issued_count++] = command_row(entry);
    else if (entry->verdict->publishes_command)
        rows->renewed[rows->renewed_count++] = command_row(entry);
}

// The request that was lost with its decision comes again, since its position was lost as well; and
// not one that was sent again later, which wants an answer.
static bool has_its_answer(const struct ledger_entry *entry)
{
    return entry->facts->earlier.was_told &&
           entry->request->received_at_us <= entry->facts->earlier.decided_at_us;
}

static void add_entry(struct ledger_rows *rows, const struct ledger_entry *entry)
{
    const struct cancel_request *request = entry->request;

    if (entry->verdict->action == GATE_REPEAT) {
        // Whoever asks over Kafka again did not get the answer, or does not know that it did. A
        // request that waited, and was decided meanwhile, was told by whoever decided it.
        if (entry->verdict->is_decided && request->origin.source.topic.data &&
            !request->ledger_id && !has_its_answer(entry))
            rows->repeated[rows->repeated_count++] = entry->facts->earlier.ledger_id;
        return;
    }
    if (entry->verdict->action == GATE_WAIT && request->ledger_id)
        return;
    if (request->ledger_id)
        rows->decided[rows->decided_count++] = request_row(entry);
    else
        rows->added[rows->added_count++] = request_row(entry);
    add_command(rows, entry);
    // What is refused at once changes nothing that others read; who asked has the answer.
    if (entry->verdict->issues_command || entry->verdict->publishes_command || request->ledger_id)
        rows->changed[rows->changed_count++] =
            (struct job_key){request->organization_id, request->job_id};
}

void ledger_rows_fill(struct ledger_rows *rows, const struct ledger_write *write)
{
    rows->added_count = rows->decided_count = rows->issued_count = rows->renewed_count =
        rows->repeated_count = rows->changed_count = 0;
    for (size_t i = 0; i < write->entry_count; i++)
        add_entry(rows, &write->entries[i]);
}
