// SPDX-License-Identifier: Apache-2.0
// The cancel gate on a real PostgreSQL: what its transaction leaves in the ledger and in the
// outbox, and what becomes of it when two of them meet or the server fails.
#include "store/ledger/ledger_kit.h"

#include <stdlib.h>

static const char *ledger_row(struct harness *harness, const char *columns)
{
    char sql[256];

    snprintf(sql, sizeof sql,
             "SELECT concat_ws(' ', %s) FROM jobtrail.cancellation ORDER BY id DESC", columns);
    return harness_value(harness->side, sql);
}

static int64_t count(struct harness *harness, const char *from)
{
    char sql[256];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM jobtrail.%s", from);
    return harness_number(harness->side, sql);
}

static void a_creator_is_granted(void **state)
{
    struct harness *harness = *state;
    struct ledger *ledger = ledger_kit_open(harness);
    struct cancel_request request = ledger_kit_request(1, "a", "ada");
    struct gate_verdict verdict;

    ledger_kit_job(harness, "a");
    verdict = ledger_kit_decide(ledger, &request, 0);
    assert_int_equal(verdict.decision, CANCEL_GRANTED);
    assert_string_equal(ledger_row(harness,
                                   "outcome, reason_code, creator_id, job_revision, attempt,"
                                   " channel, reason"),
                        "unanswered CREATOR ada 4711 1 http no longer wanted");
    assert_int_equal(count(harness, "cancel_command WHERE requester_id = 'ada' AND type = 'Load'"),
                     1);
    assert_int_equal(count(harness, "outbox WHERE command_id IS NOT NULL"), 1);
    assert_int_equal(count(harness, "outbox WHERE request IS NOT NULL"), 1);
    assert_int_equal(count(harness, "change WHERE job_ids = '{a}'"), 2); // the row's and the gate's
    ledger_free(ledger);
}

static void nobody_else_is(void **state)
{
    struct harness *harness = *state;
    struct ledger *ledger = ledger_kit_open(harness);
    static const char *const others[] = {"bob", "Ada", "ada ", "ad", "adaa", "a", "acme"};

    ledger_kit_job(harness, "a");
    for (unsigned char i = 0; i < sizeof others / sizeof *others; i++) {
        struct cancel_request request = ledger_kit_request(i, "a", others[i]);

        assert_int_equal(ledger_kit_decide(ledger, &request, 0).reason_code, REASON_NOT_CREATOR);
        assert_string_equal(ledger_row(harness, "outcome, decision, reason_code, creator_id"),
                            "refused refused NOT_CREATOR ada");
    }
    assert_int_equal(count(harness, "cancel_command"), 0);
    assert_int_equal(count(harness, "outbox WHERE command_id IS NOT NULL"), 0);
    assert_int_equal(count(harness, "outbox"), 7);
    ledger_free(ledger);
}

static void the_same_request_is_one_row(void **state)
{
    struct harness *harness = *state;
    struct ledger *ledger = ledger_kit_open(harness);
    struct cancel_request first = ledger_kit_request(1, "a", "ada"),
                          again = ledger_kit_kafka(1, "a", "ada", 0),
                          other = ledger_kit_request(1, "b", "ada"),
                          second = ledger_kit_request(2, "a", "ada");

    ledger_kit_job(harness, "a");
    ledger_kit_decide(ledger, &first, 0);
    assert_int_equal(ledger_kit_decide(ledger, &first, 0).action, GATE_REPEAT);
    assert_int_equal(count(harness, "outbox"), 2);
    assert_int_equal(ledger_kit_decide(ledger, &again, 0).reason_code, REASON_CREATOR);
    assert_int_equal(count(harness, "outbox"), 3); // its decision, once more
    assert_int_equal(count(harness, "cancel_request"), 1);
    assert_int_equal(ledger_kit_decide(ledger, &other, 0).reason_code, REASON_REQUEST_ID_REUSED);
    assert_int_equal(ledger_kit_decide(ledger, &second, 0).reason_code, REASON_ALREADY_REQUESTED);
    assert_int_equal(count(harness, "cancel_command"), 1);
    assert_int_equal(count(harness, "outbox WHERE command_id IS NOT NULL"), 1);
    second.request_id.bytes[0] = 99; // 30 s later nobody has answered: it goes out once more
    ledger_kit_decide(ledger, &second, LEDGER_KIT_NOW_US + 30 * US_PER_SECOND);
    assert_int_equal(count(harness, "outbox WHERE command_id IS NOT NULL"), 2);
    assert_int_equal(count(harness, "cancel_command WHERE answer_by = issued_at + interval '60 s'"),
                     1);
    ledger_free(ledger);
}

static void who_is_not_authenticated_has_no_identity(void **state)
{
    struct harness *harness = *state;
    struct ledger *ledger = ledger_kit_open(harness);
    struct cancel_request forged = ledger_kit_kafka(1, "a", "ada", 5),
                          proven = ledger_kit_request(1, "a", "ada");

    ledger_kit_job(harness, "a");
    forged.authenticated = false;
    assert_int_equal(ledger_kit_decide(ledger, &forged, 0).reason_code, REASON_INVALID_CREDENTIALS);
    assert_string_equal(ledger_row(harness, "identified, topic, partition, record_offset"),
                        "f requests 0 5");
    assert_int_equal(ledger_kit_decide(ledger, &proven, 0).reason_code, REASON_CREATOR);
    ledger_free(ledger);
}

// What the code must never ask for, the database refuses.
static void constraints_refuse_what_code_must_not_ask(void **state)
{
    struct harness *harness = *state;
    struct ledger *ledger = ledger_kit_open(harness);
    const struct ledger_port *port = ledger_port(ledger);
    struct cancel_request request = ledger_kit_request(1, "a", "bob");
    struct gate_verdict verdict = {.action = GATE_DECIDE,
                                   .is_decided = true,
                                   .decision = CANCEL_GRANTED,
                                   .reason_code = REASON_CREATOR,
                                   .issues_command = true,
                                   .publishes_command = true,
                                   .decided_at_us = LEDGER_KIT_NOW_US};
    const struct gate_facts *facts;
    struct ledger_entry entry = {
        .request = &request, .verdict = &verdict, .command_id = {{7}}, .answer_by_us = 1};
    struct ledger_write write = {.entries = &entry, .entry_count = 1, .now_us = LEDGER_KIT_NOW_US};
    struct err err;

    ledger_kit_job(harness, "a");
    // A stranger, with and without a command; a job that nobody created.
    for (int i = 0; i < 3; i++) {
        struct gate_facts nobody;

        assert_int_equal(port->read(port->self, &request, 1, &facts, &err), 0);
        nobody = *facts;
        nobody.job.creator_id = SLICE_NULL;
        entry.facts = i == 2 ? &nobody : facts;
        verdict.issues_command = verdict.publishes_command = i == 0;
        assert_int_equal(port->write(port->self, &write, &err), POISON);
    }
    assert_int_equal(count(harness, "cancel_request"), 0);
    assert_int_equal(count(harness, "cancel_command"), 0);
    assert_int_equal(count(harness, "outbox"), 0);
    assert_true(ledger_is_connected(ledger));
    ledger_free(ledger);
}

// Both have read before either writes.
static void two_gates_give_one_command(void **state)
{
    struct harness *harness = *state;
    struct ledger *one = ledger_kit_open(harness), *other = ledger_kit_open(harness);
    const struct ledger_port *port = ledger_port(one);
    struct cancel_request request = ledger_kit_request(1, "a", "ada"),
                          later = ledger_kit_request(2, "a", "ada");
    const struct gate_facts *facts;
    struct gate gate = ledger_kit_gate(one);
    struct gate_verdict verdict;
    struct ledger_entry entry = {.request = &request, .verdict = &verdict};
    struct ledger_write write = {.entries = &entry, .entry_count = 1, .now_us = LEDGER_KIT_NOW_US};
    struct err err;

    ledger_kit_job(harness, "a");
    assert_int_equal(port->read(port->self, &request, 1, &facts, &err), 0);
    entry.facts = facts;
    gate_judge(&request, facts, &gate.rules, LEDGER_KIT_NOW_US, &verdict);
    assert_true(verdict.issues_command);
    assert_int_equal(cancel_command_id(&(struct job_key){request.organization_id, request.job_id},
                                       1, &entry.command_id, &err),
                     0);
    ledger_kit_decide(other, &later, 0);
    assert_int_equal(port->write(port->self, &write, &err), RETRY);
    assert_string_equal(err.reason, LEDGER_CONFLICT);
    assert_int_equal(ledger_kit_decide(one, &request, 0).reason_code, REASON_ALREADY_REQUESTED);
    assert_int_equal(count(harness, "cancel_command"), 1);
    assert_int_equal(count(harness, "cancel_request"), 2);
    ledger_free(one);
    ledger_free(other);
}

static void a_moved_position_fences(void **state)
{
    struct harness *harness = *state;
    struct ledger *ledger = ledger_kit_open(harness);
    struct gate gate = ledger_kit_gate(ledger);
    struct cancel_request request = ledger_kit_kafka(1, "a", "ada", 0);
    const struct source source = {SLICE_LITERAL("requests"), 0};
    struct position_move move = harness_move("requests", 0, 1);
    struct stored_position stored;
    struct dead_letter letter = {
        .source = source, .offset = 9, .stage = "decode", .reason = "FRAMING"};
    struct gate_delivery delivery = {&move, 1, &letter, 1};
    struct gate_verdict verdict;
    struct err err;

    ledger_kit_job(harness, "a");
    harness_begin_source(harness, POSITIONS_OF_CANCEL_REQUESTS,
                         (struct source){slice_of("requests"), 0}, 0);
    assert_int_equal(
        gate_transact(&gate, &request, 1, &delivery, LEDGER_KIT_NOW_US, &verdict, NULL, &err), 0);
    stored = harness_position(harness, POSITIONS_OF_CANCEL_REQUESTS, source);
    assert_true(stored.found);
    assert_int_equal(stored.position.next_offset, 1);
    assert_true(slice_equal(stored.cluster_id, SLICE_LITERAL("cluster-1")));
    request.request_id.bytes[0] = 2;
    assert_int_equal(
        gate_transact(&gate, &request, 1, &delivery, LEDGER_KIT_NOW_US, &verdict, NULL, &err),
        FENCED);
    assert_string_equal(err.reason, STORE_POSITION_MOVED);
    assert_int_equal(count(harness, "cancel_request"), 1);
    assert_int_equal(count(harness, "dead_letter"), 1);
    ledger_free(ledger);
}

static size_t waiting(struct ledger *ledger, int64_t now_us, struct cancel_request *requests)
{
    static const char *const topics[] = {"events", NULL};
    struct err err;
    size_t found;

    if (ledger_waiting(ledger, topics, now_us, requests, &found, &err))
        fail_msg("%s: %s", err.reason, err.text);
    return found;
}

static void an_unknown_job_is_waited_for(void **state)
{
    struct harness *harness = *state;
    struct ledger *ledger = ledger_kit_open(harness);
    struct cancel_request request = ledger_kit_kafka(1, "a", "ada", 0), requests[GATE_BATCH_MAX];

    assert_int_equal(ledger_kit_decide(ledger, &request, 0).action, GATE_WAIT);
    assert_string_equal(ledger_row(harness, "outcome"), "pending");
    assert_int_equal(count(harness, "outbox"), 0);
    assert_int_equal(waiting(ledger, LEDGER_KIT_NOW_US, requests), 0);
    ledger_kit_job(harness, "a");
    assert_int_equal(waiting(ledger, LEDGER_KIT_NOW_US, requests), 1);
    assert_int_equal(ledger_kit_decide(ledger, requests, 0).reason_code, REASON_CREATOR);
    assert_int_equal(waiting(ledger, LEDGER_KIT_NOW_US, requests), 0);
    assert_int_equal(count(harness, "cancel_request WHERE decision = 'granted'"), 1);
    assert_int_equal(count(harness, "outbox"), 2);
    ledger_free(ledger);
}

// The deadline does not pass while the projection is behind where the events ended.
static void waiting_ends(void **state)
{
    struct harness *harness = *state;
    struct ledger *ledger = ledger_kit_open(harness);
    struct cancel_request request = ledger_kit_kafka(1, "a", "ada", 0), requests[GATE_BATCH_MAX];
    int64_t late_us = LEDGER_KIT_NOW_US + 3600 * US_PER_SECOND;

    ledger_kit_decide(ledger, &request, 0);
    assert_int_equal(waiting(ledger, late_us, requests), 0); // nothing is projected at all
    harness_source(harness, "events");
    assert_int_equal(waiting(ledger, late_us, requests), 0);
    harness_run(harness->side,
                "UPDATE jobtrail_p1.source_position SET caught_up_at ="
                " (SELECT recorded_at - interval '1 microsecond' FROM jobtrail.cancel_request)");
    assert_int_equal(waiting(ledger, late_us, requests), 0); // just short of it
    harness_run(harness->side,
                "UPDATE jobtrail_p1.source_position SET caught_up_at = now() + interval '1 hour'");
    assert_int_equal(waiting(ledger, late_us, requests), 0); // nobody can know that
    harness_run(harness->side, "UPDATE jobtrail_p1.source_position SET caught_up_at ="
                               " (SELECT recorded_at FROM jobtrail.cancel_request)");
    harness_run(harness->side, "INSERT INTO jobtrail_p1.source_position (topic, partition,"
                               " last_offset, last_timestamp_ms, last_hash)"
                               " VALUES ('events', 1, -1, 0, 0)"); // known, and not begun
    assert_int_equal(waiting(ledger, late_us, requests), 0);
    harness_run(harness->side, "DELETE FROM jobtrail_p1.source_position WHERE partition = 1");
    assert_int_equal(waiting(ledger, LEDGER_KIT_NOW_US + 59 * US_PER_SECOND, requests), 0);
    assert_int_equal(waiting(ledger, LEDGER_KIT_NOW_US + 60 * US_PER_SECOND, requests), 1);
    assert_false(requests[0].may_wait);
    assert_int_equal(ledger_kit_decide(ledger, requests, late_us).reason_code, REASON_UNKNOWN_JOB);
    assert_int_equal(waiting(ledger, late_us, requests), 0);
    ledger_free(ledger);
}

static void two_gates_decide_a_waiting_request_once(void **state)
{
    struct harness *harness = *state;
    struct ledger *one = ledger_kit_open(harness), *other = ledger_kit_open(harness);
    struct cancel_request request = ledger_kit_kafka(1, "a", "ada", 0), ones[GATE_BATCH_MAX],
                          others[GATE_BATCH_MAX];

    ledger_kit_decide(one, &request, 0);
    ledger_kit_job(harness, "a");
    assert_int_equal(waiting(one, LEDGER_KIT_NOW_US, ones), 1);
    assert_int_equal(waiting(other, LEDGER_KIT_NOW_US, others), 1);
    ledger_kit_decide(one, ones, 0);
    assert_int_equal(ledger_kit_decide(other, others, 0).action, GATE_REPEAT);
    assert_int_equal(count(harness, "outbox"), 2);
    ledger_free(one);
    ledger_free(other);
}

static void a_broken_connection_grants_nothing(void **state)
{
    struct harness *harness = *state;
    struct ledger *ledger = ledger_kit_open(harness);
    struct gate gate = ledger_kit_gate(ledger);
    struct cancel_request request = ledger_kit_request(1, "a", "ada");
    struct gate_verdict verdict;
    struct err err;

    ledger_kit_job(harness, "a");
    harness_run(harness->side, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                               " WHERE application_name = 'gate'");
    assert_int_equal(
        gate_transact(&gate, &request, 1, NULL, LEDGER_KIT_NOW_US, &verdict, NULL, &err), RETRY);
    assert_false(ledger_is_connected(ledger));
    assert_int_equal(count(harness, "cancel_request"), 0);
    assert_int_equal(ledger_connect(ledger, &err), 0);
    assert_int_equal(ledger_kit_decide(ledger, &request, 0).decision, CANCEL_GRANTED);
    ledger_free(ledger);
}

static void an_unfinished_transaction_is_given_up(void **state)
{
    struct harness *harness = *state;
    struct ledger *ledger = ledger_kit_open(harness);
    const struct ledger_port *port = ledger_port(ledger);
    struct cancel_request request = ledger_kit_request(1, "a", "ada");
    const struct gate_facts *facts;
    struct err err;

    ledger_kit_job(harness, "a");
    assert_int_equal(port->read(port->self, &request, 1, &facts, &err), 0);
    assert_string_equal(harness_value(harness->side, "SELECT state FROM pg_stat_activity"
                                                     " WHERE application_name = 'gate'"),
                        "idle in transaction");
    // Reading again gives that transaction up first.
    assert_int_equal(port->read(port->self, &request, 1, &facts, &err), 0);
    assert_int_equal(facts->job.revision, 4711);
    ledger_free(ledger);
}

// What happened to the attempt that was commanded to stop.
static void outcomes_follow_the_job(void **state)
{
    struct harness *harness = *state;
    struct ledger *ledger = ledger_kit_open(harness);
    struct cancel_request request = ledger_kit_request(1, "a", "ada");

    ledger_kit_job(harness, "a");
    ledger_kit_decide(ledger, &request, 0);
    harness_run(harness->side,
                "UPDATE jobtrail.cancel_command SET answer_by = now() + interval '1 h'");
    assert_string_equal(ledger_row(harness, "outcome"), "open");
    harness_run(harness->side, "UPDATE jobtrail_p1.job SET status = 4");
    assert_string_equal(ledger_row(harness, "outcome"), "honoured");
    harness_run(harness->side, "UPDATE jobtrail_p1.job SET status = 2");
    assert_string_equal(ledger_row(harness, "outcome"), "overtaken");
    harness_run(harness->side, "UPDATE jobtrail_p1.job SET status = 1, attempt = 2");
    assert_string_equal(ledger_row(harness, "outcome"), "overtaken");
    harness_run(harness->side, // one end, JobCancelled, of attempt 1
                "UPDATE jobtrail_p1.job SET history = '\\x0100000100000000000000ff'"
                " || decode(repeat('41', 16), 'hex') || '\\x00010500ffffffffffffffff'");
    assert_string_equal(ledger_row(harness, "outcome"), "honoured");
    ledger_free(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_creator_is_granted, harness_open, harness_close),
        cmocka_unit_test_setup_teardown(nobody_else_is, harness_open, harness_close),
        cmocka_unit_test_setup_teardown(the_same_request_is_one_row, harness_open, harness_close),
        cmocka_unit_test_setup_teardown(who_is_not_authenticated_has_no_identity, harness_open,
                                        harness_close),
        cmocka_unit_test_setup_teardown(constraints_refuse_what_code_must_not_ask, harness_open,
                                        harness_close),
        cmocka_unit_test_setup_teardown(two_gates_give_one_command, harness_open, harness_close),
        cmocka_unit_test_setup_teardown(a_moved_position_fences, harness_open, harness_close),
        cmocka_unit_test_setup_teardown(an_unknown_job_is_waited_for, harness_open, harness_close),
        cmocka_unit_test_setup_teardown(waiting_ends, harness_open, harness_close),
        cmocka_unit_test_setup_teardown(two_gates_decide_a_waiting_request_once, harness_open,
                                        harness_close),
        cmocka_unit_test_setup_teardown(a_broken_connection_grants_nothing, harness_open,
                                        harness_close),
        cmocka_unit_test_setup_teardown(an_unfinished_transaction_is_given_up, harness_open,
                                        harness_close),
        cmocka_unit_test_setup_teardown(outcomes_follow_the_job, harness_open, harness_close),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
