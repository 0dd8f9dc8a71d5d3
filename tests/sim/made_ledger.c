// SPDX-License-Identifier: Apache-2.0
// The session's steps. What a write does to the tables is in made_ledger_write.c.
#include "sim/made_ledger.h"

#include <stdlib.h>

#include "sim/made_ledger_write.h"

static int fail(enum ledger_fault fault, struct err *err)
{
    switch (fault) {
    case LEDGER_CONFLICTS:
        return err_set(err, RETRY, LEDGER_CONFLICT, "made");
    case LEDGER_IS_FENCED:
        return err_set(err, FENCED, STORE_POSITION_MOVED, "made");
    case LEDGER_IS_POISONED:
        return err_set(err, POISON, "CONSTRAINT", "made");
    case LEDGER_IS_FATAL:
        return err_set(err, FATAL, "NOT_MIGRATED", "made");
    case LEDGER_FINE:
        return DONE;
    default:
        return err_set(err, RETRY, "CONNECTION", "made");
    }
}

static enum ledger_fault ask(struct ledger_session *session, enum ledger_step step)
{
    return session->hook ? session->hook(session->hook_self, step) : LEDGER_FINE;
}

static void read_job(const struct made_ledger *ledger, const struct cancel_request *request,
                     struct gate_facts *facts)
{
    for (size_t i = 0; i < ledger->job_count; i++) {
        const struct job_columns *job = &ledger->jobs[i].columns;

        if (!slice_equal(job->key.job_id, request->job_id) ||
            !slice_equal(job->key.organization_id, request->organization_id))
            continue;
        facts->job.known = true;
        facts->job.creation_known = job->created_at_us != TIME_NONE;
        facts->job.type = job->type;
        facts->job.creator_id = job->creator_id;
        facts->job.creator_disputed = job->creator_disputed;
        facts->job.cancellable = job->cancellable;
        facts->job.attempt = job->attempt;
        facts->job.status = job->status;
        facts->job.revision = ledger->jobs[i].revision;
    }
}

static void read_facts(const struct made_ledger *ledger, const struct cancel_request *request,
                       struct gate_facts *facts)
{
    const struct ledger_row *row = made_ledger_row(ledger, request);
    const struct ledger_command *command;

    *facts = (struct gate_facts){0};
    read_job(ledger, request, facts);
    if (row) {
        facts->earlier.known = true;
        facts->earlier.decided = row->decided;
        facts->earlier.job_id = row->job_id;
        facts->earlier.ledger_id = row->id;
        facts->earlier.decided_at_us = row->decided_at_us;
        facts->earlier.decision = row->decision;
        facts->earlier.reason_code = row->reason_code;
        facts->earlier.command_id = row->command_id;
    }
    command =
        made_ledger_command(ledger, request->organization_id, request->job_id, facts->job.attempt);
    if (command) {
        facts->command.known = true;
        facts->command.answer_by_us = command->answer_by_us;
    }
}

static int session_read(void *self, const struct cancel_request *requests, size_t count,
                        const struct gate_facts **facts, struct err *err)
{
    struct ledger_session *session = self;
    enum ledger_fault fault = ask(session, LEDGER_BEFORE_READ);

    session->reads++;
    if (fault != LEDGER_FINE)
        return fail(fault, err);
    for (size_t i = 0; i < count; i++)
        read_facts(session->ledger, &requests[i], &session->facts[i]);
    *facts = session->facts;
    return fail(ask(session, LEDGER_AFTER_READ), err);
}

static int session_write(void *self, const struct ledger_write *write, struct err *err)
{
    struct ledger_session *session = self;
    struct made_ledger *ledger = session->ledger;
    enum ledger_fault fault = ask(session, LEDGER_BEFORE_COMMIT);
    int rc;

    session->writes++;
    if (fault != LEDGER_FINE && fault != LEDGER_LOST)
        return fail(fault, err);
    ledger_tables_copy(&ledger->work, &ledger->tables);
    rc = ledger_tables_write(&ledger->work, write, !ledger->trusts_the_gate, err);
    if (rc)
        return rc;
    ledger_tables_copy(&ledger->tables, &ledger->work);
    ledger->commits++;
    return fail(fault, err);
}

void made_ledger_init(struct made_ledger *ledger)
{
    struct ledger_tables *tables = &ledger->tables;

    ledger->job_count = ledger->commits = 0;
    ledger->trusts_the_gate = false;
    tables->row_count = tables->command_count = tables->outbox_count = 0;
    tables->position_count = tables->dead_letter_count = 0;
}

void ledger_session_init(struct ledger_session *session, struct made_ledger *ledger)
{
    session->ledger = ledger;
    session->port = (struct ledger_port){session, session_read, session_write};
    session->reads = session->writes = 0;
    session->hook = NULL;
    session->hook_self = NULL;
}

void made_ledger_project(struct made_ledger *ledger, const struct job_columns *columns,
                         int64_t revision)
{
    struct ledger_job *job = ledger->jobs;

    while (job < ledger->jobs + ledger->job_count &&
           job_key_compare(&job->columns.key, &columns->key))
        job++;
    if (job == ledger->jobs + LEDGER_JOBS_MAX)
        abort();
    if (job == ledger->jobs + ledger->job_count)
        ledger->job_count++;
    *job = (struct ledger_job){*columns, revision};
}

void made_ledger_stand(struct made_ledger *ledger, struct slice topic, int32_t partition,
                       int64_t next_offset)
{
    if (ledger->tables.position_count == LEDGER_POSITIONS_MAX)
        abort();
    ledger->tables.positions[ledger->tables.position_count++] = (struct position_move){
        .source = {topic, partition},
        .to = {.next_offset = next_offset, .last_offset = -1},
    };
}

const struct ledger_row *made_ledger_row(const struct made_ledger *ledger,
                                         const struct cancel_request *request)
{
    return ledger_find_row(&ledger->tables, request);
}

const struct ledger_command *made_ledger_command(const struct made_ledger *ledger,
                                                 struct slice organization_id, struct slice job_id,
                                                 int32_t attempt)
{
    return ledger_find_command(&ledger->tables, organization_id, job_id, attempt);
}

const struct ledger_command *made_ledger_command_by_id(const struct made_ledger *ledger,
                                                       const struct uuid *command_id)
{
    for (size_t i = 0; i < ledger->tables.command_count; i++)
        if (!uuid_compare(&ledger->tables.commands[i].command_id, command_id))
            return &ledger->tables.commands[i];
    return NULL;
}

size_t made_ledger_sent(const struct made_ledger *ledger, const struct uuid *command_id)
{
    size_t sent = 0;

    for (size_t i = 0; i < ledger->tables.outbox_count; i++)
        sent += ledger->tables.outbox[i].is_command &&
                !uuid_compare(&ledger->tables.outbox[i].command_id, command_id);
    return sent;
}
