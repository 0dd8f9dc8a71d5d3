// SPDX-License-Identifier: Apache-2.0
// Which requests may go into one transaction, and how many.
#include <stdio.h>

#include "core/gate_transaction.h"
#include "core/made.h"
#include "sim/made_ledger.h"

enum { NOW_S = MADE_REQUEST_S + 1 };

static void a_batch_admits_other_jobs_and_other_ids_alone(void **state)
{
    struct cancel_request there[2] = {made_request(1, "ann"), made_request(2, "ann")};
    struct cancel_request next = made_request(3, "ann");

    (void)state;
    there[1].job_id = SLICE_LITERAL("other");
    next.job_id = SLICE_LITERAL("third");
    assert_true(gate_may_join(there, 2, &next));
    assert_true(gate_may_join(NULL, 0, &next));
    for (unsigned char id = 1; id <= 2; id++) {
        next.request_id = there[id - 1].request_id;
        assert_false(gate_may_join(there, 2, &next));
    }
    next = made_request(3, "bob");
    assert_false(gate_may_join(there, 2, &next)); // the first's job
    next.job_id = SLICE_LITERAL("other");
    assert_false(gate_may_join(there, 2, &next)); // the second's
    next.organization_id = SLICE_LITERAL("org2");
    assert_true(gate_may_join(there, 2, &next));
    next.job_id = SLICE_LITERAL("Job");
    next.organization_id = SLICE_LITERAL("org");
    assert_true(gate_may_join(there, 2, &next));
}

static void a_batch_is_full_at_its_most(void **state)
{
    static struct cancel_request there[GATE_BATCH_MAX + 1];
    static char names[GATE_BATCH_MAX + 1][8];
    static struct gate_verdict verdicts[GATE_BATCH_MAX + 1];
    static struct made_ledger ledger;
    static struct ledger_session session;
    const struct gate gate = {.ledger = &session.port,
                              .rules = {.max_age_us = 600 * US_PER_SECOND}};
    struct err err;

    (void)state;
    made_ledger_init(&ledger);
    ledger_session_init(&session, &ledger);
    for (size_t i = 0; i <= GATE_BATCH_MAX; i++) {
        snprintf(names[i], sizeof names[i], "%zu", i);
        there[i] = made_request((unsigned char)i, "ann");
        there[i].request_id.bytes[1] = (unsigned char)(i >> 8);
        there[i].job_id = slice_of(names[i]);
        assert_int_equal(gate_may_join(there, i, &there[i]), i < GATE_BATCH_MAX);
    }
    assert_int_equal(
        gate_transact(&gate, there, GATE_BATCH_MAX, NULL, AT(NOW_S), verdicts, NULL, &err), DONE);
    assert_int_equal(ledger.tables.row_count, GATE_BATCH_MAX);
    assert_int_equal(
        gate_transact(&gate, there, GATE_BATCH_MAX + 1, NULL, AT(NOW_S), verdicts, NULL, &err),
        FATAL);
    assert_reason(err, "GATE_BATCH");
    assert_int_equal(session.writes, 1);
}

static void those_that_do_not_join_are_left_for_later(void **state)
{
    struct cancel_request some[] = {made_request(1, "ann"), made_request(2, "ann"),
                                    made_request(2, "ann"), made_request(1, "ann")};

    (void)state;
    some[2].job_id = SLICE_LITERAL("other");
    some[3].job_id = SLICE_LITERAL("third");
    assert_int_equal(gate_keep_joining(some, 4), 2);
    // The second has the first's job, so that its id is no hindrance to the third.
    assert_slice(some[0].job_id, "job");
    assert_slice(some[1].job_id, "other");
    assert_int_equal(gate_keep_joining(some, 2), 2);
    assert_int_equal(gate_keep_joining(some, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_admits_other_jobs_and_other_ids_alone),
        cmocka_unit_test(a_batch_is_full_at_its_most),
        cmocka_unit_test(those_that_do_not_join_are_left_for_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
