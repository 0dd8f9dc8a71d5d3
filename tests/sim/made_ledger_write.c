// SPDX-License-Identifier: Apache-2.0
// Follows schemas/sql/0005_cancel.sql constraint by constraint.
#include "sim/made_ledger_write.h"

#include <stdlib.h>

static bool same_uuid(const struct uuid *a, const struct uuid *b)
{
    return !uuid_compare(a, b);
}

static int constraint(struct err *err, const char *which)
{
    return err_set(err, POISON, "CONSTRAINT", "%s", which);
}

static int conflict(struct err *err, const char *which)
{
    return err_set(err, RETRY, LEDGER_CONFLICT, "%s", which);
}

void ledger_tables_copy(struct ledger_tables *to, const struct ledger_tables *from)
{
    memcpy(to->rows, from->rows, from->row_count * sizeof *from->rows);
    memcpy(to->commands, from->commands, from->command_count * sizeof *from->commands);
    memcpy(to->outbox, from->outbox, from->outbox_count * sizeof *from->outbox);
    memcpy(to->positions, from->positions, sizeof from->positions);
    to->row_count = from->row_count;
    to->command_count = from->command_count;
    to->outbox_count = from->outbox_count;
    to->position_count = from->position_count;
    to->dead_letter_count = from->dead_letter_count;
}

struct ledger_row *ledger_find_row(const struct ledger_tables *tables,
                                   const struct cancel_request *request)
{
    for (size_t i = 0; i < tables->row_count; i++) {
        const struct ledger_row *row = &tables->rows[i];

        if (row->identified && same_uuid(&row->request_id, &request->request_id) &&
            slice_equal(row->requester_id, request->requester_id) &&
            slice_equal(row->organization_id, request->organization_id))
            return (struct ledger_row *)row;
    }
    return NULL;
}

struct ledger_command *ledger_find_command(const struct ledger_tables *tables,
                                           struct slice organization_id, struct slice job_id,
                                           int32_t attempt)
{
    for (size_t i = 0; i < tables->command_count; i++) {
        const struct ledger_command *command = &tables->commands[i];

        if (command->attempt == attempt && slice_equal(command->job_id, job_id) &&
            slice_equal(command->organization_id, organization_id))
            return (struct ledger_command *)command;
    }
    return NULL;
}

static int move_position(struct ledger_tables *tables, const struct position_move *move,
                         struct err *err)
{
    for (size_t i = 0; i < tables->position_count; i++) {
        struct position_move *stands = &tables->positions[i];

        if (stands->source.partition == move->source.partition &&
            slice_equal(stands->source.topic, move->source.topic) &&
            stands->to.next_offset == move->expected_next_offset) {
            stands->to = move->to;
            return DONE;
        }
    }
    return err_set(err, FENCED, STORE_POSITION_MOVED, "made");
}

static void send(struct ledger_tables *tables, struct ledger_outgoing outgoing)
{
    if (tables->outbox_count == LEDGER_OUTBOX_MAX)
        abort();
    tables->outbox[tables->outbox_count++] = outgoing;
}

static bool is_member(struct slice requester_id, struct slice creator_id)
{
    return creator_id.data && slice_equal(requester_id, creator_id);
}

static int write_command(struct ledger_tables *tables, const struct ledger_entry *entry,
                         int64_t now_us, bool checks, struct err *err)
{
    const struct cancel_request *request = entry->request;
    struct ledger_command *same = ledger_find_command(tables, request->organization_id,
                                                      request->job_id, entry->facts->job.attempt);

    if (entry->verdict->issues_command) {
        if (same)
            return conflict(err, "UNIQUE (job_id, organization_id, attempt)");
        for (size_t i = 0; i < tables->command_count; i++)
            if (same_uuid(&tables->commands[i].command_id, &entry->command_id))
                return constraint(err, "PRIMARY KEY (command_id)");
        if (checks && !is_member(request->requester_id, entry->facts->job.creator_id))
            return constraint(err, "CHECK (requester_id = creator_id)");
        if (tables->command_count == LEDGER_COMMANDS_MAX)
            abort();
        same = &tables->commands[tables->command_count++];
        *same = (struct ledger_command){
            .command_id = entry->command_id,
            .request_id = request->request_id,
            .organization_id = request->organization_id,
            .job_id = request->job_id,
            .type = entry->facts->job.type,
            .creator_id = entry->facts->job.creator_id,
            .requester_id = request->requester_id,
            .attempt = entry->facts->job.attempt,
            .issued_at_us = now_us,
            .answer_by_us = entry->answer_by_us,
        };
    }
    if (!entry->verdict->publishes_command)
        return DONE;
    if (!same || !same_uuid(&same->command_id, &entry->command_id))
        return constraint(err, "outbox REFERENCES cancel_command");
    same->answer_by_us = entry->answer_by_us;
    send(tables, (struct ledger_outgoing){.is_command = true, .command_id = entry->command_id});
    return DONE;
}

static int check_row(const struct ledger_tables *tables, const struct ledger_row *row, bool checks,
                     struct err *err)
{
    bool is_reason_of_grant =
        row->reason_code == REASON_CREATOR || row->reason_code == REASON_ALREADY_REQUESTED;
    const struct ledger_command *command;

    if (!row->decided)
        return row->identified ? DONE : constraint(err, "CHECK (decided or identified)");
    if (!row->identified && row->reason_code != REASON_INVALID_CREDENTIALS &&
        row->reason_code != REASON_REQUEST_ID_REUSED)
        return constraint(err, "CHECK (identified or reason)");
    if (row->decision != CANCEL_GRANTED)
        return is_reason_of_grant ? constraint(err, "CHECK (refused)") : DONE;
    if (!row->identified || !is_reason_of_grant ||
        (checks && !is_member(row->requester_id, row->creator_id)))
        return constraint(err, "CHECK (granted)");
    command = ledger_find_command(tables, row->organization_id, row->job_id, row->job_attempt);
    if (!command || !same_uuid(&command->command_id, &row->command_id) ||
        (checks && !slice_equal(command->creator_id, row->requester_id)))
        return constraint(err, "REFERENCES cancel_command");
    return DONE;
}

static bool is_of_kafka(const struct cancel_origin *origin)
{
    return !slice_is_null(origin->source.topic);
}

static bool same_origin(const struct cancel_origin *a, const struct cancel_origin *b)
{
    return is_of_kafka(a) && slice_equal(a->source.topic, b->source.topic) &&
           a->source.partition == b->source.partition && a->offset == b->offset;
}

static int add_row(struct ledger_tables *tables, const struct ledger_row *row, struct err *err)
{
    const struct cancel_request identity = {
        .request_id = row->request_id,
        .organization_id = row->organization_id,
        .requester_id = row->requester_id,
    };

    if (row->identified && ledger_find_row(tables, &identity))
        return conflict(err, "cancel_request_identity");
    for (size_t i = 0; i < tables->row_count; i++)
        if (same_origin(&tables->rows[i].origin, &row->origin))
            return constraint(err, "UNIQUE (topic, partition, record_offset)");
    if (tables->row_count == LEDGER_ROWS_MAX)
        abort();
    tables->rows[tables->row_count] = *row;
    tables->rows[tables->row_count].id = (int64_t)tables->row_count + 1;
    tables->row_count++;
    return DONE;
}

static struct ledger_row row_of(const struct ledger_entry *entry)
{
    const struct cancel_request *request = entry->request;
    const struct gate_verdict *verdict = entry->verdict;
    struct ledger_row row = {
        .received_at_us = request->received_at_us,
        .request_id = request->request_id,
        .identified = request->authenticated &&
                      !(verdict->is_decided && verdict->reason_code == REASON_REQUEST_ID_REUSED),
        .organization_id = request->organization_id,
        .job_id = request->job_id,
        .requester_id = request->requester_id,
        .origin = request->origin,
        .waits_until_us = entry->waits_until_us,
    };

    return row;
}

static void put_decision(struct ledger_row *row, const struct ledger_entry *entry)
{
    row->decided = true;
    row->decided_at_us = entry->verdict->decided_at_us;
    row->decision = entry->verdict->decision;
    row->reason_code = entry->verdict->reason_code;
    row->creator_id = entry->facts->job.creator_id;
    row->job_attempt = entry->facts->job.attempt;
    row->job_revision = entry->facts->job.revision;
    if (row->decision == CANCEL_GRANTED)
        row->command_id = entry->command_id;
}

static int write_decision(struct ledger_tables *tables, const struct ledger_entry *entry,
                          bool checks, struct err *err)
{
    int64_t id = entry->request->ledger_id;
    struct ledger_row row, *kept;
    int rc = DONE;

    if (id) {
        kept = id <= (int64_t)tables->row_count ? &tables->rows[id - 1] : NULL;
        if (!kept || kept->decided)
            return conflict(err, "no longer waiting");
        put_decision(kept, entry);
    } else {
        row = row_of(entry);
        put_decision(&row, entry);
        rc = add_row(tables, &row, err);
        kept = &tables->rows[tables->row_count - 1];
    }
    if (!rc)
        rc = check_row(tables, kept, checks, err);
    if (!rc)
        send(tables, (struct ledger_outgoing){.request = kept->id});
    return rc;
}

static int write_waiting(struct ledger_tables *tables, const struct ledger_entry *entry,
                         struct err *err)
{
    struct ledger_row row = row_of(entry);
    int rc;

    if (entry->request->ledger_id)
        return DONE;
    rc = add_row(tables, &row, err);
    return rc ? rc : check_row(tables, &tables->rows[tables->row_count - 1], true, err);
}

static int write_entry(struct ledger_tables *tables, const struct ledger_entry *entry,
                       int64_t now_us, bool checks, struct err *err)
{
    int rc;

    switch (entry->verdict->action) {
    case GATE_WAIT:
        return write_waiting(tables, entry, err);
    case GATE_DECIDE:
        rc = write_command(tables, entry, now_us, checks, err);
        return rc ? rc : write_decision(tables, entry, checks, err);
    default:
        if (entry->verdict->is_decided && is_of_kafka(&entry->request->origin))
            send(tables, (struct ledger_outgoing){.request = entry->facts->earlier.ledger_id});
        return DONE;
    }
}

int ledger_tables_write(struct ledger_tables *tables, const struct ledger_write *write, bool checks,
                        struct err *err)
{
    int rc = DONE;

    for (size_t i = 0; !rc && i < write->move_count; i++)
        rc = move_position(tables, &write->moves[i], err);
    for (size_t i = 0; !rc && i < write->entry_count; i++)
        rc = write_entry(tables, &write->entries[i], write->now_us, checks, err);
    tables->dead_letter_count += write->dead_letter_count;
    return rc;
}
