// SPDX-License-Identifier: Apache-2.0
#include "sim/gate_sim_world.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/fold.h"
#include "core/pack.h"
#include "property/gate_cast.h"
#include "property/gate_life.h"

enum { STEPS = 120, BATCH_MAX = 5, REST_ROUNDS = 400 };

static const struct slice TOPIC = SLICE_LITERAL("job.cancel-requests");

bool gate_sim_fault(struct gate_sim *world, const char *what)
{
    if (!world->fault[0])
        snprintf(world->fault, sizeof world->fault, "%s", what);
    return false;
}

static void act_of_gate(struct sim_gate *gate);

static void come_events(struct gate_sim *world, struct sim_job *job, size_t count)
{
    struct job_columns columns;
    struct err err;
    bool changed;

    if (!count || (!job->row && !(job->row = row_new(job->key, &err))))
        return;
    for (size_t i = 0; i < count; i++)
        if (fold_event(job->row, &job->set.events[job->come++], &changed, &err))
            abort();
    if (pack_row(job->row, &world->arena, &columns, &err) ||
        !arena_copy(&world->arena, columns.creator_id, &columns.creator_id) ||
        !arena_copy(&world->arena, columns.type, &columns.type))
        abort();
    made_ledger_project(&world->ledger, &columns, (int64_t)job->come);
}

static void act_of_projector(struct gate_sim *world)
{
    struct sim_job *job = &world->jobs[dice_below(&world->dice, SIM_JOBS)];

    come_events(world, job, dice_below(&world->dice, job->set.count - job->come + 1));
}

// Between two steps of one gate: the other acts, events come, time passes, or the step fails.
static enum ledger_fault between_steps(void *self, enum ledger_step step)
{
    struct sim_gate *gate = self;
    struct gate_sim *world = gate->world;
    struct sim_gate *other = &world->gates[gate == &world->gates[0]];
    size_t fate = dice_below(&world->dice, 100);

    if (!other->busy && dice_percent(&world->dice, world->calm ? 5 : 40)) {
        world->sums->nested++;
        act_of_gate(other);
    }
    if (world->calm)
        return LEDGER_FINE;
    if (fate < 10)
        act_of_projector(world);
    else if (fate < 14 && step == LEDGER_BEFORE_COMMIT)
        return LEDGER_LOST;
    else if (fate < 20)
        return LEDGER_FAILS;
    else if (fate < 20 + world->conflict_percent)
        return LEDGER_CONFLICTS;
    return LEDGER_FINE;
}

// 0, or nothing is known and the gate begins anew.
static int decide(struct sim_gate *gate, const struct cancel_request *requests, size_t count,
                  const struct gate_delivery *delivery, struct gate_verdict *verdicts,
                  struct uuid *command_ids)
{
    struct gate_sim *world = gate->world;
    struct err err = {0};
    int rc;

    gate->busy = true;
    rc = gate_transact(&gate->gate, requests, count, delivery, world->now_us, verdicts, command_ids,
                       &err);
    gate->busy = false;
    if (rc) {
        world->sums->failures++;
        world->sums->conflicts += !strcmp(err.reason, LEDGER_CONFLICT);
        if (rc == POISON || rc == FATAL)
            gate_sim_fault(world, err.text);
        // With the connection goes what it believed.
        gate->next_offset = world->ledger.tables.positions[0].to.next_offset;
    }
    return rc;
}

static void act_of_consumer(struct sim_gate *gate)
{
    struct gate_sim *world = gate->world;
    struct cancel_request requests[BATCH_MAX];
    struct gate_verdict verdicts[BATCH_MAX];
    size_t count = 0, most = dice_between(&world->dice, 1, BATCH_MAX);
    struct position_move move = {.source = {TOPIC, 0}, .expected_next_offset = gate->next_offset};
    const struct gate_delivery delivery = {&move, 1, NULL, 0};

    while (count < most && (size_t)gate->next_offset + count < world->record_count &&
           gate_may_join(requests, count, &world->records[(size_t)gate->next_offset + count])) {
        requests[count] = world->records[(size_t)gate->next_offset + count];
        count++;
    }
    if (!count)
        return;
    move.to.next_offset = gate->next_offset + (int64_t)count;
    if (decide(gate, requests, count, &delivery, verdicts, NULL))
        return;
    gate->next_offset = move.to.next_offset;
    for (size_t i = 0; i < count; i++)
        world->sums->waited += verdicts[i].action == GATE_WAIT;
}

static void act_of_http(struct sim_gate *gate)
{
    struct gate_sim *world = gate->world;
    struct gate_verdict verdict;
    struct uuid command_id;
    struct sim_client *client;

    if (!world->client_count)
        return;
    client = &world->clients[dice_below(&world->dice, world->client_count)];
    if (client->answered && dice_percent(&world->dice, 60))
        return;
    // It came just now, whenever it was first asked.
    client->request.received_at_us = world->now_us;
    if (decide(gate, &client->request, 1, NULL, &verdict, &command_id) || !verdict.is_decided)
        return;
    if (client->answered &&
        (client->decision != verdict.decision || client->reason_code != verdict.reason_code ||
         uuid_compare(&client->command_id, &command_id)))
        gate_sim_fault(world, "the same request has another answer");
    client->answered = true;
    client->decision = verdict.decision;
    client->reason_code = verdict.reason_code;
    client->command_id = command_id;
}

static bool is_known(const struct gate_sim *world, const struct ledger_row *row)
{
    for (size_t i = 0; i < world->ledger.job_count; i++) {
        const struct job_columns *job = &world->ledger.jobs[i].columns;

        if (slice_equal(job->key.job_id, row->job_id) &&
            slice_equal(job->key.organization_id, row->organization_id))
            return job->created_at_us != TIME_NONE;
    }
    return false;
}

// Those that wait, once their job is known or their time is over.
static void act_of_poller(struct sim_gate *gate)
{
    const struct gate_sim *world = gate->world;
    struct cancel_request requests[BATCH_MAX];
    struct gate_verdict verdicts[BATCH_MAX];
    size_t count = 0;

    for (size_t i = 0; i < world->ledger.tables.row_count && count < BATCH_MAX; i++) {
        const struct ledger_row *row = &world->ledger.tables.rows[i];
        const struct cancel_request request = {
            .request_id = row->request_id,
            .organization_id = row->organization_id,
            .job_id = row->job_id,
            .requester_id = row->requester_id,
            .authenticated = true,
            .received_at_us = row->received_at_us,
            .may_wait = world->now_us < row->waits_until_us,
            .ledger_id = row->id,
            .origin = row->origin,
        };

        if (!row->decided && (is_known(world, row) || !request.may_wait) &&
            gate_may_join(requests, count, &request))
            requests[count++] = request;
    }
    if (count)
        (void)!decide(gate, requests, count, NULL, verdicts, NULL);
}

static void act_of_gate(struct sim_gate *gate)
{
    switch (dice_below(&gate->world->dice, 3)) {
    case 0:
        act_of_consumer(gate);
        return;
    case 1:
        act_of_http(gate);
        return;
    default:
        act_of_poller(gate);
    }
}

// Publishes, then marks; between the two it may crash.
static void act_of_relay(struct gate_sim *world)
{
    if (world->relayed == world->ledger.tables.outbox_count)
        return;
    if (world->published_count == SIM_PUBLISHED_MAX)
        abort();
    world->published[world->published_count++] = world->ledger.tables.outbox[world->relayed];
    if (world->calm || !dice_percent(&world->dice, 30))
        world->relayed++;
}

static struct slice draw_requester(struct gate_sim *world, const struct sim_job *job)
{
    struct slice creator = SLICE_NULL, alike;

    for (size_t i = 0; i < job->set.count; i++)
        if (job->set.events[i].kind == JOB_CREATED && job->set.events[i].creator_id.data)
            creator = job->set.events[i].creator_id;
    if (!creator.data || dice_percent(&world->dice, 15))
        return draw_creator_id(&world->dice);
    if (dice_percent(&world->dice, 15) &&
        draw_text_look_alike((enum look_alike)dice_below(&world->dice, EMPTY), creator,
                             &world->dice, &world->arena, &alike))
        return alike;
    return creator;
}

// Sent to Kafka, posted over HTTP, or both, perhaps twice.
static void send(struct gate_sim *world, struct cancel_request request)
{
    size_t ways = dice_between(&world->dice, 1, 3), times = dice_between(&world->dice, 1, 2);

    for (; (ways & 1) && times && world->record_count < SIM_RECORDS_MAX; times--) {
        request.may_wait = true;
        request.origin = (struct cancel_origin){{TOPIC, 0}, (int64_t)world->record_count};
        world->records[world->record_count++] = request;
    }
    if ((ways & 2) && request.authenticated && world->client_count < SIM_CLIENTS_MAX) {
        request.may_wait = false;
        request.origin = (struct cancel_origin){0};
        world->clients[world->client_count++] = (struct sim_client){.request = request};
    }
}

static void act_of_members(struct gate_sim *world)
{
    const struct sim_job *job = &world->jobs[dice_below(&world->dice, SIM_JOBS)];
    const uint64_t id[2] = {dice_u64(&world->dice), 0};
    struct cancel_request request = {
        .organization_id = job->key.organization_id,
        .job_id = job->key.job_id,
        .requester_id = draw_requester(world, job),
        .authenticated = !dice_percent(&world->dice, 8),
        .received_at_us = world->now_us,
    };

    memcpy(request.request_id.bytes, id, sizeof request.request_id.bytes);
    // Now and then an id that was used before, perhaps for another job.
    if (world->record_count && dice_percent(&world->dice, 20)) {
        const struct cancel_request *earlier =
            &world->records[dice_below(&world->dice, world->record_count)];

        request.request_id = earlier->request_id;
        if (dice_percent(&world->dice, 50))
            request.requester_id = earlier->requester_id;
    }
    send(world, request);
}

static void make(struct gate_sim *world, const struct event_generator *generator, uint64_t seed)
{
    static const struct job_key keys[SIM_JOBS] = {
        {SLICE_LITERAL("org"), SLICE_LITERAL("job")},
        {SLICE_LITERAL("org"), SLICE_LITERAL("job2")},
        {SLICE_LITERAL("org2"), SLICE_LITERAL("job")},
    };

    world->dice = dice_from(seed);
    arena_init(&world->arena);
    made_ledger_init(&world->ledger);
    made_ledger_stand(&world->ledger, TOPIC, 0, 0);
    world->now_us = INT64_C(1800000000) * US_PER_SECOND;
    world->record_count = world->client_count = world->published_count = world->relayed = 0;
    world->conflict_percent = dice_percent(&world->dice, 90) ? 4 : 60;
    world->calm = false;
    world->fault[0] = '\0';
    for (size_t i = 0; i < SIM_JOBS; i++) {
        struct sim_job *job = &world->jobs[i];

        job->key = keys[i];
        job->come = 0;
        job->row = NULL;
        gate_life_draw(generator, keys[i].organization_id, keys[i].job_id, &world->dice, &job->set);
    }
    for (size_t i = 0; i < SIM_GATES; i++) {
        struct sim_gate *gate = &world->gates[i];

        ledger_session_init(&gate->session, &world->ledger);
        gate->session.hook = between_steps;
        gate->session.hook_self = gate;
        gate->world = world;
        gate->next_offset = 0;
        gate->busy = false;
        gate->gate = (struct gate){
            .ledger = &gate->session.port,
            .rules = {.max_age_us = 600 * US_PER_SECOND,
                      .wait_us = 60 * US_PER_SECOND,
                      .answer_within_us = 30 * US_PER_SECOND},
        };
    }
}

static void act(struct gate_sim *world)
{
    size_t who = dice_below(&world->dice, 100);

    if (who < 15)
        act_of_members(world);
    else if (who < 25)
        act_of_projector(world);
    else if (who < 40)
        act_of_relay(world);
    else if (who < 55)
        world->now_us += (int64_t)dice_below(&world->dice, 12) * US_PER_SECOND;
    else
        act_of_gate(&world->gates[dice_below(&world->dice, SIM_GATES)]);
}

// All that is under way comes to its end, the deadlines of what waits included.
static void rest(struct gate_sim *world)
{
    world->calm = true;
    for (size_t i = 0; i < SIM_JOBS; i++)
        come_events(world, &world->jobs[i], world->jobs[i].set.count - world->jobs[i].come);
    for (int round = 0; round < REST_ROUNDS; round++) {
        world->now_us += US_PER_SECOND;
        for (size_t i = 0; i < SIM_GATES; i++)
            act_of_gate(&world->gates[i]);
    }
    while (world->relayed < world->ledger.tables.outbox_count)
        act_of_relay(world);
}

void gate_sim_run(struct gate_sim *world, const struct event_generator *generator, uint64_t seed,
                  struct gate_sim_sums *sums)
{
    world->sums = sums;
    make(world, generator, seed);
    for (int step = 0; step < STEPS; step++)
        act(world);
    rest(world);
    sums->records += world->record_count;
    sums->clients += world->client_count;
    sums->commands += world->ledger.tables.command_count;
    sums->published += world->published_count;
}

void gate_sim_close(struct gate_sim *world)
{
    for (size_t i = 0; i < SIM_JOBS; i++)
        row_free(world->jobs[i].row);
    arena_reset(&world->arena);
}
