// SPDX-License-Identifier: Apache-2.0
#include "core/gate_kit.h"

const struct gate_rules RULES = {
    .max_age_us = 600 * US_PER_SECOND,
    .wait_us = 60 * US_PER_SECOND,
    .answer_within_us = 30 * US_PER_SECOND,
};

// The creator asks for a running job.
struct asked rightful(void)
{
    return (struct asked){
        .request =
            {
                .organization_id = SLICE_LITERAL("org"),
                .job_id = SLICE_LITERAL("job"),
                .requester_id = SLICE_LITERAL("ann"),
                .authenticated = true,
                .received_at_us = AT(NOW_S),
            },
        .facts.job =
            {
                .known = true,
                .creation_known = true,
                .type = SLICE_LITERAL("Load"),
                .creator_id = SLICE_LITERAL("ann"),
                .cancellable = true,
                .attempt = 1,
                .status = STATUS_RUNNING,
                .revision = 7,
            },
    };
}

struct gate_verdict judged_at(const struct asked *asked, int64_t now_us)
{
    struct gate_verdict verdict;

    memset(&verdict, 0xff, sizeof verdict); // nothing of it may be left over
    gate_judge(&asked->request, &asked->facts, &RULES, now_us, &verdict);
    return verdict;
}

static void assert_verdict(const struct gate_verdict *verdict, enum cancel_decision decision,
                           enum cancel_reason_code reason_code)
{
    assert_int_equal(verdict->action, GATE_DECIDE);
    assert_true(verdict->is_decided);
    assert_string_equal(cancel_reason_name(verdict->reason_code), cancel_reason_name(reason_code));
    assert_int_equal(verdict->decision, decision);
    assert_true(verdict->decided_at_us == AT(NOW_S));
    if (decision == CANCEL_REFUSED) {
        assert_false(verdict->issues_command);
        assert_false(verdict->publishes_command);
    }
}

void assert_refused(const struct asked *asked, enum cancel_reason_code reason_code)
{
    const struct gate_verdict verdict = judged_at(asked, AT(NOW_S));

    assert_verdict(&verdict, CANCEL_REFUSED, reason_code);
}

void assert_granted(const struct asked *asked, enum cancel_reason_code reason_code,
                    enum granted_command command)
{
    const struct gate_verdict verdict = judged_at(asked, AT(NOW_S));

    assert_verdict(&verdict, CANCEL_GRANTED, reason_code);
    assert_int_equal(verdict.issues_command, command == NEW_COMMAND);
    assert_int_equal(verdict.publishes_command, command != NO_NEW_COMMAND);
}

void be_unauthenticated(struct asked *asked)
{
    asked->request.authenticated = false;
}

void reuse_an_id(struct asked *asked)
{
    asked->facts.earlier.known = asked->facts.earlier.decided = true;
    asked->facts.earlier.job_id = SLICE_LITERAL("jo");
    asked->facts.earlier.ledger_id = 5;
    asked->facts.earlier.decision = CANCEL_GRANTED;
    asked->facts.earlier.reason_code = REASON_CREATOR;
}

void be_late(struct asked *asked)
{
    asked->request.received_at_us = AT(NOW_S) - RULES.max_age_us - 1;
}

void be_of_unknown_job(struct asked *asked)
{
    asked->facts.job.known = false;
}

void be_a_stranger(struct asked *asked)
{
    asked->request.requester_id = SLICE_LITERAL("bob");
}

void be_finished(struct asked *asked)
{
    asked->facts.job.status = STATUS_FAILED;
}

void be_not_cancellable(struct asked *asked)
{
    asked->facts.job.cancellable = false;
}

void be_commanded(struct asked *asked)
{
    asked->facts.command.known = true;
    asked->facts.command.answer_by_us = AT(NOW_S) + 1;
}

const struct gate_table_row gate_table[GATE_TABLE_ROWS] = {
    {be_unauthenticated, REASON_INVALID_CREDENTIALS},
    {reuse_an_id, REASON_REQUEST_ID_REUSED},
    {be_late, REASON_EXPIRED},
    {be_of_unknown_job, REASON_UNKNOWN_JOB},
    {be_a_stranger, REASON_NOT_CREATOR},
    {be_finished, REASON_ALREADY_FINISHED},
    {be_not_cancellable, REASON_NOT_CANCELLABLE},
};
