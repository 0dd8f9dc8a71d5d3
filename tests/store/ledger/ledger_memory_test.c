// SPDX-License-Identifier: Apache-2.0
// Running out of memory at each allocation in turn, from the connection to the decision: nothing is
// granted by halves, nothing leaks, and the next attempt works.
#include "store/ledger/ledger_kit.h"

#include "support/failing_malloc.h"

enum { ATTEMPTS_MAX = 1000 };

// A granted request, one that waits, a dead letter and a position, in one transaction.
static int whole_way(struct harness *harness, struct err *err)
{
    const struct connection_options options = {.conninfo = harness->conninfo,
                                               .owner = "tester",
                                               .connect_timeout_ms = 10000,
                                               .statement_timeout_ms = 10000,
                                               .transaction_timeout_ms = 10000};
    static const char *const topics[] = {"events", NULL};
    const struct cancel_request requests[] = {ledger_kit_kafka(1, "a", "ada", 0),
                                              ledger_kit_kafka(2, "later", "ada", 1)};
    struct position_move move = harness_move("requests", 0, 2);
    struct dead_letter letter = {.source = {slice_of("requests"), 0}, .stage = "x", .reason = "X"};
    struct gate_delivery delivery = {&move, 1, &letter, 1};
    struct cancel_request waiting[GATE_BATCH_MAX];
    struct gate_verdict verdicts[2];
    struct ledger *ledger = ledger_new(&options, err);
    struct gate gate;
    size_t count;
    int rc;

    if (!ledger)
        return (int)err->disposition;
    gate = ledger_kit_gate(ledger);
    rc = ledger_connect(ledger, err);
    if (!rc)
        rc = ledger_waiting(ledger, topics, LEDGER_KIT_NOW_US, waiting, &count, err);
    if (!rc)
        rc = gate_transact(&gate, requests, 2, &delivery, LEDGER_KIT_NOW_US, verdicts, NULL, err);
    if (!rc)
        assert_int_equal(verdicts[0].decision, CANCEL_GRANTED);
    ledger_free(ledger);
    return rc;
}

static void every_allocation_may_fail(void **state)
{
    struct harness *harness = *state;
    struct ledger *ledger = ledger_kit_open(harness);
    struct err err = {0};
    long n;

    ledger_kit_job(harness, "a");
    harness_begin_source(harness, POSITIONS_OF_CANCEL_REQUESTS,
                         (struct source){slice_of("requests"), 0}, 0);
    ledger_free(ledger);
    for (n = 1; n < ATTEMPTS_MAX; n++) {
        int rc;

        failing_malloc_after(n);
        rc = whole_way(harness, &err);
        if (!failing_malloc_happened())
            break;
        failing_malloc_never();
        assert_int_equal(rc, RETRY);
        assert_int_equal(harness_number(harness->side, "SELECT (SELECT count(*) FROM"
                                                       " jobtrail.cancel_request) + (SELECT"
                                                       " count(*) FROM jobtrail.outbox)"),
                         0);
    }
    failing_malloc_never();
    assert_true(n > 20 && n < ATTEMPTS_MAX);
    assert_int_equal(harness_number(harness->side, "SELECT count(*) FROM jobtrail.cancel_request"),
                     2);
    assert_int_equal(harness_number(harness->side, "SELECT count(*) FROM jobtrail.outbox"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_allocation_may_fail, harness_open, harness_close),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
