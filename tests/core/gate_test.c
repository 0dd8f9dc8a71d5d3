// SPDX-License-Identifier: Apache-2.0
// The decision table of docs/design.md, section 7, row by row and in its order.
#include "core/gate_kit.h"

static void the_creator_is_granted(void **state)
{
    struct asked asked = rightful();

    (void)state;
    assert_granted(&asked, REASON_CREATOR, NEW_COMMAND);
    asked.facts.job.status = STATUS_ACCEPTED;
    assert_granted(&asked, REASON_CREATOR, NEW_COMMAND);
}

static void each_row_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < GATE_TABLE_ROWS; i++) {
        struct asked asked = rightful();

        gate_table[i].come_about(&asked);
        assert_refused(&asked, gate_table[i].reason_code);
        be_commanded(&asked); // nor is an open command an answer
        assert_refused(&asked, gate_table[i].reason_code);
    }
}

static void only_a_creators_command_is_published(void **state)
{
    struct asked asked = rightful();

    (void)state;
    assert_true(gate_may_publish(asked.request.requester_id, &asked.facts));
    asked.facts.job.status = STATUS_FAILED; // its receiver sees that by itself
    assert_true(gate_may_publish(asked.request.requester_id, &asked.facts));
    assert_false(gate_may_publish(slice_of("An"), &asked.facts));
    assert_false(gate_may_publish(SLICE_NULL, &asked.facts));
    asked.facts.job.creator_disputed = true;
    assert_false(gate_may_publish(asked.request.requester_id, &asked.facts));
    asked = rightful();
    asked.facts.job.creator_id = SLICE_NULL;
    assert_false(gate_may_publish(asked.request.requester_id, &asked.facts));
    assert_false(gate_may_publish(SLICE_NULL, &asked.facts));
    asked = rightful();
    asked.facts.job.creation_known = false;
    assert_false(gate_may_publish(asked.request.requester_id, &asked.facts));
    asked = rightful();
    asked.facts.job.known = false;
    assert_false(gate_may_publish(asked.request.requester_id, &asked.facts));
}

// Any set of conditions: the first decides.
static void the_earlier_row_wins(void **state)
{
    (void)state;
    for (unsigned set = 1; set < 1u << GATE_TABLE_ROWS; set++) {
        struct asked asked = rightful();
        size_t first = GATE_TABLE_ROWS;

        for (size_t i = GATE_TABLE_ROWS; i-- > 0;) {
            if (set & 1u << i) {
                gate_table[i].come_about(&asked);
                first = i;
            }
        }
        assert_refused(&asked, gate_table[first].reason_code);
    }
}

static void a_job_without_its_creation_is_unknown(void **state)
{
    struct asked asked = rightful();

    (void)state;
    asked.facts.job.creation_known = false;
    assert_refused(&asked, REASON_UNKNOWN_JOB);
    asked.request.may_wait = true;
    assert_int_equal(judged_at(&asked, AT(NOW_S)).action, GATE_WAIT);
}

static void an_unknown_job_is_waited_for_where_that_is_allowed(void **state)
{
    struct asked asked = rightful();
    struct gate_verdict verdict;

    (void)state;
    be_of_unknown_job(&asked);
    asked.request.may_wait = true;
    verdict = judged_at(&asked, AT(NOW_S));
    assert_int_equal(verdict.action, GATE_WAIT);
    assert_false(verdict.is_decided);
    assert_int_equal(verdict.decision, CANCEL_REFUSED);
    assert_false(verdict.issues_command);
    assert_false(verdict.publishes_command);
    assert_true(verdict.decided_at_us == 0);
}

// Waiting is for the unknown alone; for all that stands above it, the answer is ready.
// What is refused for one of the rows above UNKNOWN_JOB does not wait for its job either.
static void nothing_else_waits(void **state)
{
    bool above_unknown_job = true;

    (void)state;
    for (size_t i = 0; i < GATE_TABLE_ROWS; i++) {
        struct asked asked = rightful();

        gate_table[i].come_about(&asked);
        asked.request.may_wait = true;
        if (gate_table[i].reason_code == REASON_UNKNOWN_JOB) {
            above_unknown_job = false;
            continue;
        }
        assert_refused(&asked, gate_table[i].reason_code);
        if (above_unknown_job) {
            be_of_unknown_job(&asked);
            assert_refused(&asked, gate_table[i].reason_code);
        }
    }
}

static void one_that_waited_is_judged_by_what_is_known_then(void **state)
{
    struct asked asked = rightful();

    (void)state;
    asked.request.ledger_id = 9;
    asked.request.may_wait = true;
    asked.facts.earlier.known = true; // it stands in the ledger itself
    asked.facts.earlier.ledger_id = 9;
    asked.facts.earlier.job_id = SLICE_LITERAL("job");
    assert_granted(&asked, REASON_CREATOR, NEW_COMMAND);
    be_late(&asked); // it was looked at in time
    assert_granted(&asked, REASON_CREATOR, NEW_COMMAND);
    be_a_stranger(&asked);
    assert_refused(&asked, REASON_NOT_CREATOR);
    be_of_unknown_job(&asked);
    assert_int_equal(judged_at(&asked, AT(NOW_S)).action, GATE_WAIT);
    asked.request.may_wait = false; // the deadline
    assert_refused(&asked, REASON_UNKNOWN_JOB);
}

static void it_expires_after_the_greatest_age_and_not_at_it(void **state)
{
    struct asked asked = rightful();

    (void)state;
    asked.request.received_at_us = AT(NOW_S) - RULES.max_age_us;
    assert_granted(&asked, REASON_CREATOR, NEW_COMMAND);
    asked.request.received_at_us--;
    assert_refused(&asked, REASON_EXPIRED);
    asked.request.received_at_us = AT(NOW_S + 5); // the broker's clock is ahead of ours
    assert_granted(&asked, REASON_CREATOR, NEW_COMMAND);
}

static void one_of_no_known_time_is_expired(void **state)
{
    struct asked asked = rightful();

    (void)state;
    asked.request.received_at_us = TIME_NONE;
    assert_refused(&asked, REASON_EXPIRED);
    asked.request.received_at_us = TIME_NONE + 1;
    assert_refused(&asked, REASON_EXPIRED);
}

static void nobodys_job_is_nobodys(void **state)
{
    static const struct slice requesters[] = {{NULL, 0}, {"", 0}, {"null", 4}, {"ann", 3}};

    (void)state;
    for (size_t i = 0; i < sizeof requesters / sizeof *requesters; i++) {
        struct asked asked = rightful();

        asked.facts.job.creator_id = SLICE_NULL;
        asked.request.requester_id = requesters[i];
        assert_refused(&asked, REASON_NOT_CREATOR);
        be_commanded(&asked);
        assert_refused(&asked, REASON_NOT_CREATOR);
    }
}

static void an_empty_id_is_no_member(void **state)
{
    static const struct slice requesters[] = {{NULL, 0}, {"", 0}};

    (void)state;
    for (size_t i = 0; i < sizeof requesters / sizeof *requesters; i++) {
        struct asked asked = rightful();

        asked.request.requester_id = requesters[i];
        assert_refused(&asked, REASON_NOT_CREATOR);
        asked.facts.job.creator_id = SLICE_LITERAL("");
        assert_refused(&asked, REASON_NOT_CREATOR);
    }
}

static void a_disputed_job_is_nobodys(void **state)
{
    struct asked asked = rightful();

    (void)state;
    asked.facts.job.creator_disputed = true;
    assert_refused(&asked, REASON_NOT_CREATOR);
    be_commanded(&asked); // from before it was disputed
    assert_refused(&asked, REASON_NOT_CREATOR);
}

static void no_look_alike_is_the_creator(void **state)
{
    static const struct slice strangers[] = {
        SLICE_LITERAL("Ann"),         SLICE_LITERAL("ANN"),     SLICE_LITERAL("ann "),
        SLICE_LITERAL(" ann"),        SLICE_LITERAL("ann\n"),   SLICE_LITERAL("an"),
        SLICE_LITERAL("nn"),          SLICE_LITERAL("anna"),    SLICE_LITERAL("ann\0"),
        SLICE_LITERAL("ann\0x"),      SLICE_LITERAL("\0ann"),   SLICE_LITERAL("\xd0\xb0nn"),
        SLICE_LITERAL("a\xcc\x81nn"), SLICE_LITERAL("job"),     SLICE_LITERAL("org"),
        SLICE_LITERAL("org/ann"),     SLICE_LITERAL("org\0ann")};

    (void)state;
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        struct asked asked = rightful();

        asked.request.requester_id = strangers[i];
        assert_refused(&asked, REASON_NOT_CREATOR);
        asked.request.requester_id = SLICE_LITERAL("ann");
        asked.facts.job.creator_id = strangers[i];
        assert_refused(&asked, REASON_NOT_CREATOR);
    }
}

static void every_end_is_an_end(void **state)
{
    (void)state;
    for (int status = STATUS_SUCCESSFUL; status <= JOB_STATUSES; status++) {
        struct asked asked = rightful();

        asked.facts.job.status = (enum job_status)status; // one that is not known, too
        assert_refused(&asked, REASON_ALREADY_FINISHED);
    }
}

static void an_open_command_is_not_issued_twice(void **state)
{
    struct asked asked = rightful();

    (void)state;
    be_commanded(&asked);
    assert_granted(&asked, REASON_ALREADY_REQUESTED, NO_NEW_COMMAND);
}

static void an_unanswered_one_goes_out_again(void **state)
{
    struct asked asked = rightful();

    (void)state;
    be_commanded(&asked);
    asked.facts.command.answer_by_us = AT(NOW_S);
    assert_granted(&asked, REASON_ALREADY_REQUESTED, COMMAND_SENT_AGAIN);
    asked.facts.command.answer_by_us = AT(NOW_S) - 1;
    assert_granted(&asked, REASON_ALREADY_REQUESTED, COMMAND_SENT_AGAIN);
}

static void who_knows_nothing_refuses(void **state)
{
    struct asked asked = {0}, known = {0};

    (void)state;
    assert_refused(&asked, REASON_INVALID_CREDENTIALS);
    asked.request = rightful().request;
    assert_refused(&asked, REASON_UNKNOWN_JOB);
    known.request = rightful().request;
    known.facts.job.known = known.facts.job.creation_known = true;
    assert_refused(&known, REASON_NOT_CREATOR);
    known.facts.job.creator_id = SLICE_LITERAL("ann");
    assert_refused(&known, REASON_NOT_CANCELLABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_creator_is_granted),
        cmocka_unit_test(only_a_creators_command_is_published),
        cmocka_unit_test(each_row_refuses),
        cmocka_unit_test(the_earlier_row_wins),
        cmocka_unit_test(a_job_without_its_creation_is_unknown),
        cmocka_unit_test(an_unknown_job_is_waited_for_where_that_is_allowed),
        cmocka_unit_test(nothing_else_waits),
        cmocka_unit_test(one_that_waited_is_judged_by_what_is_known_then),
        cmocka_unit_test(it_expires_after_the_greatest_age_and_not_at_it),
        cmocka_unit_test(one_of_no_known_time_is_expired),
        cmocka_unit_test(nobodys_job_is_nobodys),
        cmocka_unit_test(an_empty_id_is_no_member),
        cmocka_unit_test(a_disputed_job_is_nobodys),
        cmocka_unit_test(no_look_alike_is_the_creator),
        cmocka_unit_test(every_end_is_an_end),
        cmocka_unit_test(an_open_command_is_not_issued_twice),
        cmocka_unit_test(an_unanswered_one_goes_out_again),
        cmocka_unit_test(who_knows_nothing_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
