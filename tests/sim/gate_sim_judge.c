// SPDX-License-Identifier: Apache-2.0
// What must hold of a world that has come to rest.
#include "property/gate_oracle.h"
#include "sim/gate_sim_world.h"

static const struct sim_job *job_of(const struct gate_sim *world, struct slice organization_id,
                                    struct slice job_id)
{
    for (size_t i = 0; i < SIM_JOBS; i++)
        if (slice_equal(world->jobs[i].key.job_id, job_id) &&
            slice_equal(world->jobs[i].key.organization_id, organization_id))
            return &world->jobs[i];
    return NULL;
}

static bool is_published(const struct gate_sim *world, const struct ledger_outgoing *outgoing)
{
    for (size_t i = 0; i < world->published_count; i++) {
        const struct ledger_outgoing *published = &world->published[i];

        if (published->is_command != outgoing->is_command)
            continue;
        if (outgoing->is_command ? !uuid_compare(&published->command_id, &outgoing->command_id)
                                 : published->request == outgoing->request)
            return true;
    }
    return false;
}

// The creations that the row knew when it was judged: its revision is their number.
static bool judged_rightly(struct gate_sim *world, const struct ledger_row *row)
{
    const struct sim_job *job = job_of(world, row->organization_id, row->job_id);
    struct oracle *nothing_before = &(struct oracle){.rules = world->gates[0].gate.rules};
    struct cancel_request request = {
        .request_id = row->request_id,
        .organization_id = row->organization_id,
        .job_id = row->job_id,
        .requester_id = row->requester_id,
        .authenticated = true,
        .ledger_id = row->id, // its age is not looked at
    };
    struct expected expected;

    if (!row->identified || row->reason_code == REASON_EXPIRED)
        return row->decision == CANCEL_REFUSED;
    oracle_expect(nothing_before, job->set.events, (size_t)row->job_revision, &request,
                  row->decided_at_us, &expected);
    if (row->reason_code == REASON_ALREADY_REQUESTED)
        expected.verdict.reason_code = REASON_ALREADY_REQUESTED;
    return row->decision == expected.verdict.decision &&
           row->reason_code == expected.verdict.reason_code;
}

static bool judge_row(struct gate_sim *world, const struct ledger_row *row)
{
    const struct ledger_outgoing decision = {.request = row->id};
    const struct ledger_outgoing command = {.is_command = true, .command_id = row->command_id};
    const struct ledger_tables *tables = &world->ledger.tables;

    if (!row->decided)
        return gate_sim_fault(world, "a request is never decided");
    if (row->reason_code == REASON_UNKNOWN_JOB && !slice_is_null(row->origin.source.topic) &&
        row->decided_at_us < row->waits_until_us)
        return gate_sim_fault(world, "an unknown job was not waited for");
    if (!judged_rightly(world, row))
        return gate_sim_fault(world, "a request is judged otherwise than its job's events say");
    if (!is_published(world, &decision))
        return gate_sim_fault(world, "a decision is lost");
    for (const struct ledger_row *other = tables->rows; other < row; other++)
        if (other->identified && row->identified &&
            !uuid_compare(&other->request_id, &row->request_id) &&
            slice_equal(other->requester_id, row->requester_id) &&
            slice_equal(other->organization_id, row->organization_id))
            return gate_sim_fault(world, "one identity has two rows");
    if (row->decision != CANCEL_GRANTED)
        return true;
    world->sums->granted++;
    return is_published(world, &command) || gate_sim_fault(world, "a granted command is lost");
}

static bool judge_command(struct gate_sim *world, const struct ledger_command *command)
{
    const struct ledger_tables *tables = &world->ledger.tables;
    bool granted = false;

    if (slice_is_null(command->creator_id) ||
        !slice_equal(command->creator_id, command->requester_id))
        return gate_sim_fault(world, "a command of another than the creator");
    for (size_t i = 0; i < tables->row_count; i++)
        granted |= tables->rows[i].decided && tables->rows[i].decision == CANCEL_GRANTED &&
                   !uuid_compare(&tables->rows[i].command_id, &command->command_id) &&
                   tables->rows[i].job_attempt == command->attempt;
    if (!granted)
        return gate_sim_fault(world, "a command that was granted to nobody");
    for (const struct ledger_command *other = tables->commands; other < command; other++)
        if (!uuid_compare(&other->command_id, &command->command_id) ||
            (other->attempt == command->attempt && slice_equal(other->job_id, command->job_id) &&
             slice_equal(other->organization_id, command->organization_id)))
            return gate_sim_fault(world, "two commands of one attempt, or of one id");
    return true;
}

static const struct ledger_row *row_at(const struct gate_sim *world,
                                       const struct cancel_origin *origin)
{
    for (size_t i = 0; i < world->ledger.tables.row_count; i++) {
        const struct ledger_row *row = &world->ledger.tables.rows[i];

        if (!slice_is_null(row->origin.source.topic) && row->origin.offset == origin->offset)
            return row;
    }
    return NULL;
}

// Each record of Kafka is answered: under its own row, or that of the same request before it.
static bool judge_record(struct gate_sim *world, const struct cancel_request *record)
{
    const struct ledger_row *own = row_at(world, &record->origin);
    const struct ledger_row *earlier = made_ledger_row(&world->ledger, record);

    if (own)
        return (record->authenticated || own->reason_code == REASON_INVALID_CREDENTIALS) ||
               gate_sim_fault(world, "a claimed requester is believed");
    if (!record->authenticated || !earlier || !slice_equal(earlier->job_id, record->job_id))
        return gate_sim_fault(world, "a record of Kafka is lost");
    return true;
}

static bool judge_client(struct gate_sim *world, const struct sim_client *client)
{
    const struct ledger_row *row = made_ledger_row(&world->ledger, &client->request);

    if (!client->answered)
        return gate_sim_fault(world, "a client has no answer");
    if (!row)
        return gate_sim_fault(world, "a client's request is not in the ledger");
    if (!slice_equal(row->job_id, client->request.job_id))
        return client->reason_code == REASON_REQUEST_ID_REUSED ||
               gate_sim_fault(world, "an id was used for two jobs");
    return (row->decision == client->decision && row->reason_code == client->reason_code &&
            !uuid_compare(&row->command_id, &client->command_id)) ||
           gate_sim_fault(world, "a client was told what is not in the ledger");
}

bool gate_sim_judge(struct gate_sim *world)
{
    const struct ledger_tables *tables = &world->ledger.tables;
    bool good = !world->fault[0];

    for (size_t i = 0; good && i < tables->row_count; i++)
        good = judge_row(world, &tables->rows[i]);
    for (size_t i = 0; good && i < tables->command_count; i++)
        good = judge_command(world, &tables->commands[i]);
    for (size_t i = 0; good && i < world->record_count; i++)
        good = judge_record(world, &world->records[i]);
    for (size_t i = 0; good && i < world->client_count; i++)
        good = judge_client(world, &world->clients[i]);
    if (good && tables->positions[0].to.next_offset != (int64_t)world->record_count)
        good = gate_sim_fault(world, "the position is not at the log's end");
    return good;
}
