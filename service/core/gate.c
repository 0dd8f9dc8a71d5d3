// SPDX-License-Identifier: Apache-2.0
// The table of docs/design.md, section 7, row by row. The first row whose condition holds decides.
// The two rows that grant ask for is_creator although NOT_CREATOR has refused everybody else above
// them: so a mistake in a row above grants nothing. A request for which no row holds is refused.
#include "core/gate.h"

struct judged {
    const struct cancel_request *request;
    const struct gate_facts *facts;
    const struct gate_rules *rules;
    int64_t now_us;
};

static bool is_not_authenticated(const struct judged *j)
{
    return !j->request->authenticated;
}

static bool takes_the_id_of_another(const struct judged *j)
{
    return j->facts->earlier.known && !slice_equal(j->facts->earlier.job_id, j->request->job_id);
}

// The age counts when a request is first judged. One with a ledger_id was judged before it began to
// wait, however long ago that is. A time of arrival that is not known (TIME_NONE) is too long ago.
static bool came_too_long_ago(const struct judged *j)
{
    return !j->request->ledger_id && j->request->received_at_us < j->now_us - j->rules->max_age_us;
}

static bool is_of_unknown_job(const struct judged *j)
{
    return !j->facts->job.known || !j->facts->job.creation_known;
}

// Byte for byte. A job without a creator_id has no creator, and an empty requester_id, which
// cancel_request_check does not let pass, is no member.
static bool is_creator(const struct judged *j)
{
    return !slice_is_null(j->facts->job.creator_id) && j->request->requester_id.size > 0 &&
           slice_equal(j->request->requester_id, j->facts->job.creator_id) &&
           !j->facts->job.creator_disputed;
}

static bool is_not_creator(const struct judged *j)
{
    return !is_creator(j);
}

bool gate_may_publish(struct slice requester_id, const struct gate_facts *facts)
{
    const struct cancel_request request = {.requester_id = requester_id};
    const struct judged judged = {.request = &request, .facts = facts};

    return !is_of_unknown_job(&judged) && is_creator(&judged);
}

static bool is_finished(const struct judged *j)
{
    return j->facts->job.status != STATUS_ACCEPTED && j->facts->job.status != STATUS_RUNNING;
}

static bool is_not_cancellable(const struct judged *j)
{
    return !j->facts->job.cancellable;
}

static bool has_a_command(const struct judged *j)
{
    return j->facts->command.known && is_creator(j);
}

static const struct rule {
    bool (*holds)(const struct judged *judged);
    enum cancel_decision decision;
    enum cancel_reason_code reason_code;
} table[] = {
    {is_not_authenticated, CANCEL_REFUSED, REASON_INVALID_CREDENTIALS},
    {takes_the_id_of_another, CANCEL_REFUSED, REASON_REQUEST_ID_REUSED},
    {came_too_long_ago, CANCEL_REFUSED, REASON_EXPIRED},
    {is_of_unknown_job, CANCEL_REFUSED, REASON_UNKNOWN_JOB}, // unless it may wait
    {is_not_creator, CANCEL_REFUSED, REASON_NOT_CREATOR},
    {is_finished, CANCEL_REFUSED, REASON_ALREADY_FINISHED},
    {is_not_cancellable, CANCEL_REFUSED, REASON_NOT_CANCELLABLE},
    {has_a_command, CANCEL_GRANTED, REASON_ALREADY_REQUESTED},
    {is_creator, CANCEL_GRANTED, REASON_CREATOR},
};
static const struct rule refusal = {NULL, CANCEL_REFUSED, REASON_OTHER};

static const struct rule *first_that_holds(const struct judged *judged)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].holds(judged))
            return &table[i];
    return &refusal;
}

// The ledger has a row of the same requester with the same request_id for the same job, and that
// row is decided, or it is not the waiting one that is judged now.
static bool is_repeated(const struct judged *j)
{
    return j->request->authenticated && j->facts->earlier.known && !takes_the_id_of_another(j) &&
           (j->facts->earlier.decided || j->facts->earlier.ledger_id != j->request->ledger_id);
}

static void repeat(const struct gate_facts *facts, struct gate_verdict *out)
{
    out->action = GATE_REPEAT;
    out->is_decided = facts->earlier.decided;
    if (!out->is_decided)
        return;
    out->decision = facts->earlier.decision;
    out->reason_code = facts->earlier.reason_code;
    out->decided_at_us = facts->earlier.decided_at_us;
}

static void apply_rule(const struct judged *j, const struct rule *rule, struct gate_verdict *out)
{
    out->action = GATE_DECIDE;
    out->is_decided = true;
    out->decision = rule->decision;
    out->reason_code = rule->reason_code;
    out->decided_at_us = j->now_us;
    if (rule->decision != CANCEL_GRANTED)
        return;
    out->issues_command = !j->facts->command.known;
    out->publishes_command = out->issues_command || j->now_us >= j->facts->command.answer_by_us;
}

void gate_judge(const struct cancel_request *request, const struct gate_facts *facts,
                const struct gate_rules *rules, int64_t now_us, struct gate_verdict *out)
{
    const struct judged judged = {request, facts, rules, now_us};
    const struct rule *rule;

    *out = (struct gate_verdict){.decision = CANCEL_REFUSED, .reason_code = REASON_OTHER};
    if (is_repeated(&judged)) {
        repeat(facts, out);
        return;
    }
    rule = first_that_holds(&judged);
    if (rule->reason_code == REASON_UNKNOWN_JOB && request->may_wait) {
        out->action = GATE_WAIT;
        return;
    }
    apply_rule(&judged, rule, out);
}
