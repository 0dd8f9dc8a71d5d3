// SPDX-License-Identifier: Apache-2.0
#include "property/gate_world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/fold.h"
#include "core/pack.h"
#include "property/gate_life.h"

enum { STAGES = 4, BATCH_MAX = 6 };

static bool fault(struct gate_world *world, const char *format, ...) PRINTF_LIKE(2, 3);

static bool fault(struct gate_world *world, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (!world->fault[0])
        vsnprintf(world->fault, sizeof world->fault, format, arguments);
    va_end(arguments);
    return false;
}

static void make(struct gate_world *world, const struct event_generator *generator, uint64_t seed)
{
    static const struct job_key keys[GATE_JOBS] = {
        {SLICE_LITERAL("org"), SLICE_LITERAL("job")},
        {SLICE_LITERAL("org"), SLICE_LITERAL("job2")},
        {SLICE_LITERAL("org2"), SLICE_LITERAL("job")},
    };

    world->dice = dice_from(seed);
    arena_init(&world->arena);
    made_ledger_init(&world->ledger);
    // The gate must do without the database's checks, and never run into them.
    world->ledger.trusts_the_gate = dice_percent(&world->dice, 50);
    ledger_session_init(&world->session, &world->ledger);
    world->gate = (struct gate){
        .ledger = &world->session.port,
        .rules = {.max_age_us = 600 * US_PER_SECOND,
                  .wait_us = 60 * US_PER_SECOND,
                  .answer_within_us = 30 * US_PER_SECOND},
    };
    world->oracle.rules = world->gate.rules;
    world->oracle.answered_count = world->oracle.command_count = 0;
    world->now_us = INT64_C(1800000000) * US_PER_SECOND;
    world->next_offset = 0;
    world->asked_count = world->expected_rows = 0;
    world->fault[0] = '\0';
    for (size_t i = 0; i < GATE_JOBS; i++) {
        struct gate_job *job = &world->jobs[i];

        job->key = keys[i];
        job->come = 0;
        job->row = NULL;
        gate_life_draw(generator, keys[i].organization_id, keys[i].job_id, &world->dice, &job->set);
    }
}

static bool fold_one(struct gate_job *job, const struct event *event, struct err *err)
{
    bool changed;

    if (!job->row)
        job->row = row_new(job->key, err);
    return job->row && !fold_event(job->row, event, &changed, err);
}

// The ledger keeps what it is told; the row goes on changing.
static bool project(struct gate_world *world, const struct gate_job *job, struct err *err)
{
    struct job_columns columns;

    if (pack_row(job->row, &world->arena, &columns, err) ||
        !arena_copy(&world->arena, columns.creator_id, &columns.creator_id) ||
        !arena_copy(&world->arena, columns.type, &columns.type))
        return false;
    made_ledger_project(&world->ledger, &columns, (int64_t)dice_u64(&world->dice));
    return true;
}

// Some more events of each job come, now and then one twice.
static bool let_events_come(struct gate_world *world)
{
    for (size_t i = 0; i < GATE_JOBS; i++) {
        struct gate_job *job = &world->jobs[i];
        size_t left = job->set.count - job->come, more = dice_below(&world->dice, left + 1);
        struct err err = {0};

        if (job->come == 0 && more < left && dice_percent(&world->dice, 80))
            more += dice_below(&world->dice, left - more) + 1;
        for (size_t n = 0; n < more; n++)
            if (!fold_one(job, &job->set.events[job->come++], &err))
                return fault(world, "fold: %s", err.text);
        if (!job->come || (!more && dice_percent(&world->dice, 50)))
            continue;
        if (dice_percent(&world->dice, 20) &&
            !fold_one(job, &job->set.events[dice_below(&world->dice, job->come)], &err))
            return fault(world, "fold: %s", err.text);
        if (!project(world, job, &err))
            return fault(world, "project: %s", err.text);
    }
    return true;
}

static void count_case(const struct gate_asked *asked, const struct expected *expected,
                       struct gate_sums *sums)
{
    const struct gate_verdict *verdict = &expected->verdict;
    bool granted = verdict->is_decided && verdict->decision == CANCEL_GRANTED;
    enum look_alike kind = asked->look_alike;

    sums->cases++;
    sums->granted += granted;
    sums->refused += verdict->is_decided && !granted;
    sums->waited += verdict->action == GATE_WAIT;
    sums->repeated += verdict->action == GATE_REPEAT;
    if (verdict->action == GATE_DECIDE)
        sums->reasons[verdict->reason_code]++;
    if (verdict->issues_command && expected->another_attempt_has_a_command)
        sums->look_alikes[OTHER_ATTEMPT]++;
    if (expected->only_the_requester_is_wrong && expected->has_open_command)
        sums->look_alikes[OPEN_COMMAND]++;
    if (kind < LOOK_ALIKES && kind != OTHER_ATTEMPT && kind != OPEN_COMMAND)
        sums->look_alikes[kind] += expected->only_the_requester_is_wrong;
}

static bool same_verdict(const struct gate_verdict *a, const struct gate_verdict *b)
{
    return a->action == b->action && a->is_decided == b->is_decided && a->decision == b->decision &&
           a->reason_code == b->reason_code && a->decided_at_us == b->decided_at_us &&
           a->issues_command == b->issues_command && a->publishes_command == b->publishes_command;
}

static bool told(struct gate_world *world, struct gate_asked *asked,
                 const struct expected *expected, const struct gate_verdict *verdict,
                 const struct uuid *command_id)
{
    static const struct uuid none;
    const struct cancel_request *request = &asked->request;

    if (!same_verdict(&expected->verdict, verdict))
        return fault(world,
                     "look-alike %d: expected %d %s %s, issue %d, publish %d; got %d %s %s, "
                     "issue %d, publish %d",
                     (int)asked->look_alike, (int)expected->verdict.action,
                     cancel_decision_name(expected->verdict.decision),
                     cancel_reason_name(expected->verdict.reason_code),
                     expected->verdict.issues_command, expected->verdict.publishes_command,
                     (int)verdict->action, cancel_decision_name(verdict->decision),
                     cancel_reason_name(verdict->reason_code), verdict->issues_command,
                     verdict->publishes_command);
    if (!(verdict->is_decided && verdict->decision == CANCEL_GRANTED) &&
        uuid_compare(command_id, &none))
        return fault(world, "a command id without a grant");
    if (!oracle_note(&world->oracle, request, expected, command_id, world->now_us))
        return fault(world, "the command id is not this attempt's, or not its alone");
    asked->waits = verdict->action == GATE_WAIT;
    world->expected_rows += expected->has_row;
    return true;
}

// A command in the ledger that its requester had no right to: the one thing that must never be.
static void count_unauthorised(const struct gate_world *world, size_t first, struct gate_sums *sums)
{
    const struct ledger_tables *tables = &world->ledger.tables;

    for (size_t i = first; i < tables->command_count; i++) {
        const struct ledger_command *command = &tables->commands[i];
        bool authorised = false;

        for (size_t j = 0; j < GATE_JOBS; j++) {
            const struct gate_job *job = &world->jobs[j];

            authorised |= slice_equal(job->key.job_id, command->job_id) &&
                          slice_equal(job->key.organization_id, command->organization_id) &&
                          oracle_is_creator(job->set.events, job->come, command->requester_id);
        }
        sums->unauthorised += !authorised;
        sums->commands++;
    }
}

static bool decide(struct gate_world *world, struct gate_asked *const *batch, size_t count,
                   struct gate_sums *sums)
{
    struct cancel_request requests[BATCH_MAX];
    struct expected expected[BATCH_MAX];
    struct gate_verdict verdicts[BATCH_MAX];
    struct uuid command_ids[BATCH_MAX];
    size_t commands = world->ledger.tables.command_count;
    struct err err;

    for (size_t i = 0; i < count; i++) {
        const struct gate_job *job = &world->jobs[batch[i]->job];

        requests[i] = batch[i]->request;
        oracle_expect(&world->oracle, job->set.events, job->come, &requests[i], world->now_us,
                      &expected[i]);
        count_case(batch[i], &expected[i], sums);
    }
    if (gate_transact(&world->gate, requests, count, NULL, world->now_us, verdicts, command_ids,
                      &err))
        return fault(world, "gate_transact: %s", err.text);
    count_unauthorised(world, commands, sums);
    for (size_t i = 0; i < count; i++)
        if (!told(world, batch[i], &expected[i], &verdicts[i], &command_ids[i]))
            return false;
    return true;
}

// One after the other, or as many at once as the gate lets together.
static bool decide_all(struct gate_world *world, struct gate_asked *const *asked, size_t count,
                       struct gate_sums *sums)
{
    struct gate_asked *batch[BATCH_MAX];
    struct cancel_request requests[BATCH_MAX];
    size_t size = 0;

    for (size_t i = 0; i < count; i++) {
        if (size == BATCH_MAX || !gate_may_join(requests, size, &asked[i]->request) ||
            dice_percent(&world->dice, 30)) {
            if (size && !decide(world, batch, size, sums))
                return false;
            size = 0;
        }
        batch[size] = asked[i];
        requests[size++] = asked[i]->request;
    }
    return !size || decide(world, batch, size, sums);
}

// Those that wait are looked at again; when their time is over, for the last time.
static size_t gather_waiting(struct gate_world *world, struct gate_asked **out)
{
    size_t count = 0;

    for (size_t i = 0; i < world->asked_count; i++) {
        struct gate_asked *asked = &world->asked[i];

        if (!asked->waits)
            continue;
        asked->request.ledger_id = made_ledger_row(&world->ledger, &asked->request)->id;
        asked->request.may_wait = dice_percent(&world->dice, 70);
        out[count++] = asked;
    }
    return count;
}

static bool live_a_stage(struct gate_world *world, struct gate_sums *sums)
{
    struct gate_asked *asked[GATE_ASKED_MAX];
    size_t count;

    world->now_us += (int64_t)dice_below(&world->dice, 25) * US_PER_SECOND;
    if (!let_events_come(world))
        return false;
    count = gather_waiting(world, asked);
    for (size_t more = dice_between(&world->dice, 3, 9); more > 0; more--) {
        struct gate_asked *next = &world->asked[world->asked_count];

        gate_world_ask(world, next);
        world->asked_count++;
        asked[count++] = next;
    }
    return decide_all(world, asked, count, sums);
}

static bool one_row_an_identity(const struct ledger_tables *tables)
{
    for (size_t i = 0; i < tables->row_count; i++)
        for (size_t j = 0; tables->rows[i].identified && j < i; j++)
            if (tables->rows[j].identified &&
                !uuid_compare(&tables->rows[i].request_id, &tables->rows[j].request_id) &&
                slice_equal(tables->rows[i].requester_id, tables->rows[j].requester_id) &&
                slice_equal(tables->rows[i].organization_id, tables->rows[j].organization_id))
                return false;
    return true;
}

static bool judge(struct gate_world *world)
{
    const struct ledger_tables *tables = &world->ledger.tables;

    if (tables->row_count != world->expected_rows || !one_row_an_identity(tables))
        return fault(world, "%zu rows, expected %zu, one an identity", tables->row_count,
                     world->expected_rows);
    if (tables->command_count != world->oracle.command_count)
        return fault(world, "%zu commands, expected %zu", tables->command_count,
                     world->oracle.command_count);
    for (size_t i = 0; i < world->oracle.command_count; i++) {
        const struct oracle_command *expected = &world->oracle.commands[i];
        const struct ledger_command *command =
            made_ledger_command_by_id(&world->ledger, &expected->command_id);

        if (!command || command->attempt != expected->attempt ||
            !slice_equal(command->job_id, expected->job_id) ||
            !slice_equal(command->organization_id, expected->organization_id) ||
            !slice_equal(command->requester_id, command->creator_id) ||
            command->answer_by_us != expected->answer_by_us)
            return fault(world, "a command is not as expected");
        if (made_ledger_sent(&world->ledger, &expected->command_id) != expected->times_published)
            return fault(world, "a command was published otherwise than expected");
    }
    return true;
}

bool gate_world_run(struct gate_world *world, const struct event_generator *generator,
                    uint64_t seed, struct gate_sums *sums)
{
    bool good = true;

    make(world, generator, seed);
    for (int stage = 0; good && stage < STAGES; stage++)
        good = live_a_stage(world, sums);
    good = good && judge(world);
    for (size_t i = 0; i < GATE_JOBS; i++)
        row_free(world->jobs[i].row);
    arena_reset(&world->arena);
    return good;
}
