// SPDX-License-Identifier: Apache-2.0
// From requests to the ledger, against a made one with the constraints of the real one.
#include "core/gate_transaction.h"

#include "core/made.h"
#include "sim/made_ledger.h"
#include "support/failing_malloc.h"

enum { NOW_S = MADE_REQUEST_S + 1, TRIES = 5 };

static struct made_ledger ledger;
static struct ledger_session session;
static struct gate gate;

// What the hook does at its nth call of a step.
static struct {
    enum ledger_step step;
    enum ledger_fault fault;
    size_t times;
    const struct cancel_request *rival; // decided by another gate first
} plan;

static int decide_one(const struct gate *by, const struct cancel_request *request,
                      struct gate_verdict *verdict, struct uuid *command_id, struct err *err)
{
    return gate_transact(by, request, 1, NULL, AT(NOW_S), verdict, command_id, err);
}

static enum ledger_fault follow_plan(void *self, enum ledger_step step)
{
    static struct ledger_session other;
    struct gate rival = {.ledger = &other.port, .rules = gate.rules};
    struct gate_verdict verdict;
    struct err err;

    (void)self;
    if (!plan.times || step != plan.step)
        return LEDGER_FINE;
    plan.times--;
    if (!plan.rival)
        return plan.fault;
    ledger_session_init(&other, &ledger);
    assert_int_equal(decide_one(&rival, plan.rival, &verdict, NULL, &err), DONE);
    return LEDGER_FINE;
}

static void plan_fault(enum ledger_step step, enum ledger_fault fault, size_t times)
{
    plan.step = step;
    plan.fault = fault;
    plan.times = times;
    plan.rival = NULL;
}

static void plan_rival(const struct cancel_request *rival)
{
    plan_fault(LEDGER_AFTER_READ, LEDGER_FINE, 1);
    plan.rival = rival;
}

static void project(struct slice organization_id, struct slice job_id, int32_t attempt)
{
    const struct job_columns columns = {
        .key = {organization_id, job_id},
        .status = STATUS_RUNNING,
        .attempt = attempt,
        .type = SLICE_LITERAL("Load"),
        .creator_id = SLICE_LITERAL("ann"),
        .cancellable = true,
        .created_at_us = AT(0),
    };

    made_ledger_project(&ledger, &columns, 7);
}

static int begin(void **state)
{
    (void)state;
    failing_malloc_never();
    made_ledger_init(&ledger);
    ledger_session_init(&session, &ledger);
    session.hook = follow_plan;
    plan.times = 0;
    plan.rival = NULL;
    gate = (struct gate){
        .ledger = &session.port,
        .rules = {.max_age_us = 600 * US_PER_SECOND,
                  .wait_us = 60 * US_PER_SECOND,
                  .answer_within_us = 30 * US_PER_SECOND},
    };
    project(SLICE_LITERAL("org"), SLICE_LITERAL("job"), 1);
    return 0;
}

static struct uuid expected_id(struct slice organization_id, struct slice job_id, int32_t attempt)
{
    const struct job_key key = {organization_id, job_id};
    struct uuid uuid;
    struct err err;

    assert_int_equal(cancel_command_id(&key, attempt, &uuid, &err), DONE);
    return uuid;
}

static void a_grant_writes_command_decision_and_outbox(void **state)
{
    const struct cancel_request request = made_request(1, "ann");
    const struct uuid id = expected_id(request.organization_id, request.job_id, 1);
    struct gate_verdict verdict;
    struct uuid command_id;
    struct err err;

    (void)state;
    assert_int_equal(decide_one(&gate, &request, &verdict, &command_id, &err), DONE);
    assert_int_equal(verdict.decision, CANCEL_GRANTED);
    assert_int_equal(uuid_compare(&command_id, &id), 0);
    assert_int_equal(ledger.tables.command_count, 1);
    assert_int_equal(uuid_compare(&ledger.tables.commands[0].command_id, &id), 0);
    assert_true(ledger.tables.commands[0].answer_by_us == AT(NOW_S + 30));
    assert_int_equal(ledger.tables.outbox_count, 2);
    assert_int_equal(made_ledger_sent(&ledger, &id), 1);
    assert_int_equal(made_ledger_row(&ledger, &request)->decision, CANCEL_GRANTED);
    assert_int_equal(ledger.commits, 1);
}

static void a_refusal_writes_no_command(void **state)
{
    const struct cancel_request request = made_request(1, "bob");
    const struct uuid none = {0};
    struct gate_verdict verdict;
    struct uuid command_id = {{1}};
    struct err err;

    (void)state;
    assert_int_equal(decide_one(&gate, &request, &verdict, &command_id, &err), DONE);
    assert_int_equal(verdict.decision, CANCEL_REFUSED);
    assert_int_equal(uuid_compare(&command_id, &none), 0);
    assert_int_equal(ledger.tables.command_count, 0);
    assert_int_equal(ledger.tables.row_count, 1);
    assert_int_equal(ledger.tables.outbox_count, 1);
}

static void the_same_again_gives_the_same_command_whatever_the_attempt(void **state)
{
    struct cancel_request request = made_request(1, "ann");
    const struct uuid id = expected_id(request.organization_id, request.job_id, 1);
    const struct uuid next = expected_id(request.organization_id, request.job_id, 2);
    struct gate_verdict verdict;
    struct uuid command_id;
    struct err err;

    (void)state;
    assert_int_equal(decide_one(&gate, &request, &verdict, NULL, &err), DONE);
    project(request.organization_id, request.job_id, 2);
    assert_int_equal(decide_one(&gate, &request, &verdict, &command_id, &err), DONE);
    assert_int_equal(verdict.action, GATE_REPEAT);
    assert_int_equal(uuid_compare(&command_id, &id), 0);
    assert_int_equal(ledger.tables.row_count, 1);
    assert_int_equal(ledger.tables.command_count, 1);
    request.request_id.bytes[0] = 2; // another request is for the attempt of now
    assert_int_equal(decide_one(&gate, &request, &verdict, &command_id, &err), DONE);
    assert_int_equal(verdict.reason_code, REASON_CREATOR);
    assert_int_equal(uuid_compare(&command_id, &next), 0);
    assert_int_equal(ledger.tables.command_count, 2);
}

static void one_that_waits_tells_until_when(void **state)
{
    struct cancel_request request = made_request(1, "ann");
    const struct ledger_row *row;
    struct gate_verdict verdict;
    struct err err;

    (void)state;
    request.job_id = SLICE_LITERAL("later");
    request.may_wait = true;
    assert_int_equal(decide_one(&gate, &request, &verdict, NULL, &err), DONE);
    assert_int_equal(verdict.action, GATE_WAIT);
    row = made_ledger_row(&ledger, &request);
    assert_non_null(row);
    assert_false(row->decided);
    assert_true(row->waits_until_us == AT(NOW_S + 60));
    assert_int_equal(ledger.tables.outbox_count, 0);
    project(request.organization_id, request.job_id, 1);
    request.ledger_id = row->id;
    assert_int_equal(decide_one(&gate, &request, &verdict, NULL, &err), DONE);
    assert_int_equal(verdict.reason_code, REASON_CREATOR);
    assert_int_equal(ledger.tables.row_count, 1);
    assert_true(row->decided);
}

static void what_is_delivered_goes_into_the_same_transaction(void **state)
{
    static const struct dead_letter letters[2];
    const struct position_move move = {
        .source = {SLICE_LITERAL("requests"), 3},
        .expected_next_offset = 10,
        .to = {.next_offset = 12, .last_offset = 11},
    };
    const struct gate_delivery delivery = {&move, 1, letters, 2};
    const struct cancel_request request = made_request(1, "ann");
    struct gate_verdict verdict;
    struct err err;

    (void)state;
    made_ledger_stand(&ledger, SLICE_LITERAL("requests"), 3, 10);
    assert_int_equal(gate_transact(&gate, &request, 1, &delivery, AT(NOW_S), &verdict, NULL, &err),
                     DONE);
    assert_int_equal(ledger.tables.positions[0].to.next_offset, 12);
    assert_int_equal(ledger.tables.dead_letter_count, 2);
    // Somebody moved it: nothing of the rest is written either.
    assert_int_equal(gate_transact(&gate, NULL, 0, &delivery, AT(NOW_S), &verdict, NULL, &err),
                     FENCED);
    assert_reason(err, STORE_POSITION_MOVED);
    assert_int_equal(ledger.tables.dead_letter_count, 2);
    assert_int_equal(ledger.commits, 1);
}

static void a_conflict_is_judged_again(void **state)
{
    const struct cancel_request request = made_request(1, "ann");
    struct gate_verdict verdict;
    struct err err;

    (void)state;
    for (enum ledger_step step = LEDGER_BEFORE_READ; step <= LEDGER_BEFORE_COMMIT; step++) {
        begin(NULL);
        plan_fault(step, LEDGER_CONFLICTS, TRIES - 1);
        assert_int_equal(decide_one(&gate, &request, &verdict, NULL, &err), DONE);
        assert_int_equal(verdict.reason_code, REASON_CREATOR);
        assert_int_equal(session.reads, TRIES);
        assert_int_equal(ledger.tables.row_count, 1);
    }
}

static void a_conflict_without_end_is_told(void **state)
{
    const struct cancel_request request = made_request(1, "ann");
    struct gate_verdict verdict;
    struct uuid command_id = {{77}};
    struct err err;

    (void)state;
    plan_fault(LEDGER_BEFORE_COMMIT, LEDGER_CONFLICTS, SIZE_MAX);
    assert_int_equal(decide_one(&gate, &request, &verdict, &command_id, &err), RETRY);
    assert_reason(err, LEDGER_CONFLICT);
    assert_int_equal(session.reads, TRIES);
    assert_int_equal(command_id.bytes[0], 77);
    assert_int_equal(ledger.commits, 0);
}

static void the_command_of_another_gate_is_found(void **state)
{
    const struct cancel_request request = made_request(1, "ann"), rival = made_request(2, "ann");
    struct gate_verdict verdict;
    struct err err;

    (void)state;
    plan_rival(&rival);
    assert_int_equal(decide_one(&gate, &request, &verdict, NULL, &err), DONE);
    assert_int_equal(verdict.reason_code, REASON_ALREADY_REQUESTED);
    assert_int_equal(ledger.tables.command_count, 1);
    assert_int_equal(ledger.tables.row_count, 2);
}

static void the_same_request_at_another_gate_is_found(void **state)
{
    const struct cancel_request request = made_request(1, "ann");
    struct gate_verdict verdict;
    struct err err;

    (void)state;
    plan_rival(&request);
    assert_int_equal(decide_one(&gate, &request, &verdict, NULL, &err), DONE);
    assert_int_equal(verdict.action, GATE_REPEAT);
    assert_int_equal(verdict.reason_code, REASON_CREATOR);
    assert_int_equal(ledger.tables.row_count, 1);
}

static void a_decision_meanwhile_stands(void **state)
{
    struct cancel_request request = made_request(1, "ann");
    struct gate_verdict verdict;
    struct err err;

    (void)state;
    request.job_id = SLICE_LITERAL("later");
    request.may_wait = true;
    assert_int_equal(decide_one(&gate, &request, &verdict, NULL, &err), DONE);
    project(request.organization_id, request.job_id, 1);
    request.ledger_id = made_ledger_row(&ledger, &request)->id;
    plan_rival(&request);
    assert_int_equal(decide_one(&gate, &request, &verdict, NULL, &err), DONE);
    assert_int_equal(verdict.action, GATE_REPEAT);
    assert_true(verdict.is_decided);
    assert_int_equal(verdict.reason_code, REASON_CREATOR);
    assert_int_equal(ledger.tables.command_count, 1);
}

static void other_errors_are_passed_on_at_once(void **state)
{
    static const struct {
        enum ledger_fault fault;
        int rc;
        const char *reason;
    } cases[] = {
        {LEDGER_FAILS, RETRY, "CONNECTION"},
        {LEDGER_IS_FENCED, FENCED, STORE_POSITION_MOVED},
        {LEDGER_IS_POISONED, POISON, "CONSTRAINT"},
        {LEDGER_IS_FATAL, FATAL, "NOT_MIGRATED"},
    };
    const struct cancel_request request = made_request(1, "ann");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (enum ledger_step step = LEDGER_BEFORE_READ; step <= LEDGER_BEFORE_COMMIT; step++) {
            struct uuid command_id = {{77}};
            struct gate_verdict verdict;
            struct err err;

            begin(NULL);
            plan_fault(step, cases[i].fault, SIZE_MAX);
            assert_int_equal(decide_one(&gate, &request, &verdict, &command_id, &err), cases[i].rc);
            assert_reason(err, cases[i].reason);
            assert_int_equal(session.reads, 1);
            assert_int_equal(session.writes, step == LEDGER_BEFORE_COMMIT);
            assert_int_equal(command_id.bytes[0], 77);
            assert_int_equal(ledger.commits, 0);
        }
    }
}

static void after_an_unknown_commit_it_is_asked_again(void **state)
{
    const struct cancel_request request = made_request(1, "ann");
    const struct uuid id = expected_id(request.organization_id, request.job_id, 1);
    struct gate_verdict verdict;
    struct uuid command_id;
    struct err err;

    (void)state;
    plan_fault(LEDGER_BEFORE_COMMIT, LEDGER_LOST, 1);
    assert_int_equal(decide_one(&gate, &request, &verdict, NULL, &err), RETRY);
    assert_reason(err, "CONNECTION");
    assert_int_equal(ledger.commits, 1);
    assert_int_equal(decide_one(&gate, &request, &verdict, &command_id, &err), DONE);
    assert_int_equal(verdict.decision, CANCEL_GRANTED);
    assert_int_equal(uuid_compare(&command_id, &id), 0);
    assert_int_equal(ledger.tables.row_count, 1);
    assert_int_equal(ledger.tables.command_count, 1);
    assert_int_equal(made_ledger_sent(&ledger, &id), 1);
}

// The made constraints themselves: what the gate must never ask for is refused.
static void the_made_ledger_refuses_a_stranger(void **state)
{
    const struct cancel_request request = made_request(1, "bob");
    const struct gate_verdict verdict = {
        .action = GATE_DECIDE,
        .is_decided = true,
        .decision = CANCEL_GRANTED,
        .reason_code = REASON_CREATOR,
        .issues_command = true,
        .publishes_command = true,
    };
    struct ledger_entry entry = {.request = &request, .verdict = &verdict};
    const struct ledger_write write = {.entries = &entry, .entry_count = 1};
    struct err err;

    (void)state;
    assert_int_equal(session.port.read(&session, &request, 1, &entry.facts, &err), DONE);
    assert_int_equal(session.port.write(&session, &write, &err), POISON);
    assert_int_equal(ledger.tables.row_count, 0);
    assert_int_equal(ledger.tables.command_count, 0);
}

static void without_memory_nothing_is_granted(void **state)
{
    struct cancel_request requests[2] = {made_request(1, "ann"), made_request(2, "ann")};
    bool happened = true;
    long n = 0;

    (void)state;
    requests[1].job_id = SLICE_LITERAL("other");
    while (happened) {
        struct gate_verdict verdicts[2];
        struct err err;
        int rc;

        begin(NULL);
        project(requests[1].organization_id, requests[1].job_id, 1);
        failing_malloc_after(++n);
        rc = gate_transact(&gate, requests, 2, NULL, AT(NOW_S), verdicts, NULL, &err);
        happened = failing_malloc_happened();
        failing_malloc_never();
        assert_int_equal(rc, happened ? RETRY : DONE);
        if (!happened)
            break;
        assert_reason(err, "OUT_OF_MEMORY");
        assert_int_equal(ledger.commits, 0);
        assert_int_equal(session.writes, 0);
    }
    assert_true(n > 2); // one for each command
    assert_int_equal(ledger.tables.command_count, 2);
}

static void without_memory_a_reason_is_not_cut(void **state)
{
    static char text[MESSAGE_MAX_BYTES + 1];
    struct cancel_request request = made_request(1, "ann");
    struct arena arena;
    struct err err;

    (void)state;
    memset(text, 'r', sizeof text);
    request.reason = (struct slice){text, sizeof text};
    arena_init(&arena);
    failing_malloc_after(1);
    assert_int_equal(cancel_request_check(&request, &arena, &err), RETRY);
    failing_malloc_never();
    assert_reason(err, "OUT_OF_MEMORY");
    arena_reset(&arena);
}

#define test(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_grant_writes_command_decision_and_outbox),
        test(a_refusal_writes_no_command),
        test(the_same_again_gives_the_same_command_whatever_the_attempt),
        test(one_that_waits_tells_until_when),
        test(what_is_delivered_goes_into_the_same_transaction),
        test(a_conflict_is_judged_again),
        test(a_conflict_without_end_is_told),
        test(the_command_of_another_gate_is_found),
        test(the_same_request_at_another_gate_is_found),
        test(a_decision_meanwhile_stands),
        test(other_errors_are_passed_on_at_once),
        test(after_an_unknown_commit_it_is_asked_again),
        test(the_made_ledger_refuses_a_stranger),
        test(without_memory_nothing_is_granted),
        test(without_memory_a_reason_is_not_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
