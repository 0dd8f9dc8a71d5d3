// SPDX-License-Identifier: Apache-2.0
// A request that is known already: the same again, one that waits, one that takes another's id.
#include "core/gate_kit.h"

static void know_the_same(struct asked *asked, bool decided, enum cancel_decision decision,
                          enum cancel_reason_code reason_code)
{
    asked->facts.earlier.known = true;
    asked->facts.earlier.decided = decided;
    asked->facts.earlier.job_id = SLICE_LITERAL("job");
    asked->facts.earlier.ledger_id = 5;
    asked->facts.earlier.decided_at_us = AT(3);
    asked->facts.earlier.decision = decision;
    asked->facts.earlier.reason_code = reason_code;
}

static void assert_repeats(const struct asked *asked)
{
    const struct gate_verdict verdict = judged_at(asked, AT(NOW_S));

    assert_int_equal(verdict.action, GATE_REPEAT);
    assert_true(verdict.is_decided);
    assert_int_equal(verdict.decision, asked->facts.earlier.decision);
    assert_int_equal(verdict.reason_code, asked->facts.earlier.reason_code);
    assert_true(verdict.decided_at_us == AT(3));
    assert_false(verdict.issues_command);
    assert_false(verdict.publishes_command);
}

// Whatever has become of the job meanwhile.
static void the_same_again_has_the_same_answer(void **state)
{
    (void)state;
    for (size_t i = 2; i < GATE_TABLE_ROWS; i++) {
        struct asked asked = rightful();

        gate_table[i].come_about(&asked);
        asked.request.may_wait = true;
        know_the_same(&asked, true, CANCEL_GRANTED, REASON_CREATOR);
        assert_repeats(&asked);
    }
    for (int code = 0; code < CANCEL_REASON_CODES; code++) {
        struct asked asked = rightful();

        know_the_same(&asked, true, CANCEL_REFUSED, (enum cancel_reason_code)code);
        assert_repeats(&asked);
    }
}

static void one_that_waits_has_no_answer_for_its_repetition(void **state)
{
    struct asked asked = rightful();
    struct gate_verdict verdict;

    (void)state;
    know_the_same(&asked, false, CANCEL_GRANTED, REASON_CREATOR);
    verdict = judged_at(&asked, AT(NOW_S));
    assert_int_equal(verdict.action, GATE_REPEAT);
    assert_false(verdict.is_decided);
    assert_int_equal(verdict.decision, CANCEL_REFUSED);
    assert_int_equal(verdict.reason_code, REASON_OTHER);
    assert_false(verdict.issues_command);
    assert_false(verdict.publishes_command);
}

static void one_that_waited_and_was_decided_meanwhile_repeats_that(void **state)
{
    struct asked asked = rightful();

    (void)state;
    know_the_same(&asked, true, CANCEL_REFUSED, REASON_UNKNOWN_JOB);
    asked.request.ledger_id = 5;
    assert_repeats(&asked);
}

static void another_row_of_the_ledger_is_not_this_one(void **state)
{
    struct asked asked = rightful();

    (void)state;
    know_the_same(&asked, false, CANCEL_REFUSED, REASON_OTHER);
    asked.request.ledger_id = 6;
    assert_int_equal(judged_at(&asked, AT(NOW_S)).action, GATE_REPEAT);
}

// A claimed requester gets no answer that belongs to a proven one.
static void without_proof_nothing_is_repeated(void **state)
{
    struct asked asked = rightful();

    (void)state;
    know_the_same(&asked, true, CANCEL_GRANTED, REASON_CREATOR);
    be_unauthenticated(&asked);
    assert_refused(&asked, REASON_INVALID_CREDENTIALS);
    know_the_same(&asked, false, CANCEL_GRANTED, REASON_CREATOR);
    assert_refused(&asked, REASON_INVALID_CREDENTIALS);
}

static void an_id_used_for_another_job_is_told(void **state)
{
    static const struct slice others[] = {{NULL, 0}, {"", 0}, {"jo", 2}, {"jobs", 4}, {"Job", 3}};

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct asked asked = rightful();

        reuse_an_id(&asked);
        asked.facts.earlier.job_id = others[i];
        assert_refused(&asked, REASON_REQUEST_ID_REUSED);
        asked.facts.earlier.decided = false;
        assert_refused(&asked, REASON_REQUEST_ID_REUSED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_again_has_the_same_answer),
        cmocka_unit_test(one_that_waits_has_no_answer_for_its_repetition),
        cmocka_unit_test(one_that_waited_and_was_decided_meanwhile_repeats_that),
        cmocka_unit_test(another_row_of_the_ledger_is_not_this_one),
        cmocka_unit_test(without_proof_nothing_is_repeated),
        cmocka_unit_test(an_id_used_for_another_job_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
