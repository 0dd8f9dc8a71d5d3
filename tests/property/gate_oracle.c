// SPDX-License-Identifier: Apache-2.0
#include "property/gate_oracle.h"

#include <stdlib.h>

static bool same_bytes(struct slice a, struct slice b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++) {
        if (a.data[i] != b.data[i])
            return false;
    }
    return true;
}

static const struct event *earliest_creation(const struct event *events, size_t count)
{
    const struct event *earliest = NULL;

    for (size_t i = 0; i < count; i++) {
        if (events[i].kind == JOB_CREATED &&
            (!earliest || naive_event_compare(&events[i], earliest) < 0))
            earliest = &events[i];
    }
    return earliest;
}

static int32_t highest_attempt(const struct event *events, size_t count)
{
    int32_t highest = 0;

    for (size_t i = 0; i < count; i++)
        highest = events[i].attempt > highest ? events[i].attempt : highest;
    return highest;
}

static bool has_ended(const struct event *events, size_t count, int32_t attempt)
{
    for (size_t i = 0; i < count; i++) {
        if (events[i].attempt == attempt &&
            (events[i].kind == JOB_SUCCEEDED || events[i].kind == JOB_FAILED ||
             events[i].kind == JOB_CANCELLED))
            return true;
    }
    return false;
}

// "requester = creator byte for byte": every creation that is known names this member.
bool oracle_is_creator(const struct event *events, size_t count, struct slice member_id)
{
    bool named = false;

    if (!member_id.data || !member_id.size)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind != JOB_CREATED)
            continue;
        if (!events[i].creator_id.data || !same_bytes(events[i].creator_id, member_id))
            return false;
        named = true;
    }
    return named;
}

static bool same_job(struct slice organization_id, struct slice job_id,
                     const struct cancel_request *request)
{
    return same_bytes(organization_id, request->organization_id) &&
           same_bytes(job_id, request->job_id);
}

// Each (organisation, requester, request id) was answered once.
static const struct oracle_answered *find_answered(const struct oracle *oracle,
                                                   const struct cancel_request *request)
{
    for (size_t i = 0; i < oracle->answered_count; i++) {
        const struct cancel_request *earlier = &oracle->answered[i].request;

        if (!memcmp(earlier->request_id.bytes, request->request_id.bytes, UUID_BYTES) &&
            same_bytes(earlier->requester_id, request->requester_id) &&
            same_bytes(earlier->organization_id, request->organization_id))
            return &oracle->answered[i];
    }
    return NULL;
}

static const struct oracle_command *
find_command(const struct oracle *oracle, const struct cancel_request *request, int32_t attempt)
{
    for (size_t i = 0; i < oracle->command_count; i++) {
        const struct oracle_command *command = &oracle->commands[i];

        if (command->attempt == attempt &&
            same_job(command->organization_id, command->job_id, request))
            return command;
    }
    return NULL;
}

static bool another_attempt_has_a_command(const struct oracle *oracle,
                                          const struct cancel_request *request, int32_t attempt)
{
    for (size_t i = 0; i < oracle->command_count; i++) {
        if (oracle->commands[i].attempt != attempt &&
            same_job(oracle->commands[i].organization_id, oracle->commands[i].job_id, request))
            return true;
    }
    return false;
}

static void refuse(struct expected *out, enum cancel_reason_code reason_code)
{
    out->verdict.action = GATE_DECIDE;
    out->verdict.is_decided = true;
    out->verdict.decision = CANCEL_REFUSED;
    out->verdict.reason_code = reason_code;
    out->has_row = true;
}

static void grant(const struct oracle_command *command, int64_t now_us, struct expected *out)
{
    refuse(out, command ? REASON_ALREADY_REQUESTED : REASON_CREATOR);
    out->verdict.decision = CANCEL_GRANTED;
    out->verdict.issues_command = !command;
    out->verdict.publishes_command = !command || now_us >= command->answer_by_us;
}

static void repeat(const struct oracle_answered *answered, struct expected *out)
{
    out->verdict.action = GATE_REPEAT;
    out->verdict.is_decided = answered->decided;
    out->verdict.decision = answered->decided ? answered->decision : CANCEL_REFUSED;
    out->verdict.reason_code = answered->decided ? answered->reason_code : REASON_OTHER;
    out->verdict.decided_at_us = answered->decided ? answered->decided_at_us : 0;
    out->attempt = answered->attempt;
}

static void expect_of_known(const struct oracle *oracle, const struct event *events, size_t count,
                            const struct cancel_request *request, int64_t now_us,
                            struct expected *out)
{
    const struct event *creation = earliest_creation(events, count);
    const struct oracle_command *command;
    bool could_be;

    out->attempt = highest_attempt(events, count);
    command = find_command(oracle, request, out->attempt);
    could_be = !has_ended(events, count, out->attempt) && creation->cancellable;
    out->has_open_command = command != NULL;
    out->another_attempt_has_a_command =
        another_attempt_has_a_command(oracle, request, out->attempt);
    if (!oracle_is_creator(events, count, request->requester_id)) {
        refuse(out, REASON_NOT_CREATOR);
        out->only_the_requester_is_wrong = could_be;
    } else if (has_ended(events, count, out->attempt)) {
        refuse(out, REASON_ALREADY_FINISHED);
    } else if (!creation->cancellable) {
        refuse(out, REASON_NOT_CANCELLABLE);
    } else {
        grant(command, now_us, out);
    }
}

void oracle_expect(const struct oracle *oracle, const struct event *events, size_t count,
                   const struct cancel_request *request, int64_t now_us, struct expected *out)
{
    const struct oracle_answered *answered = find_answered(oracle, request);
    bool first_look = !request->ledger_id;

    *out =
        (struct expected){.verdict.reason_code = REASON_OTHER, .verdict.decision = CANCEL_REFUSED};
    if (!request->authenticated)
        refuse(out, REASON_INVALID_CREDENTIALS);
    else if (answered && !same_bytes(answered->request.job_id, request->job_id))
        refuse(out, REASON_REQUEST_ID_REUSED);
    else if (answered && (first_look || answered->decided))
        repeat(answered, out);
    else if (first_look && request->received_at_us + oracle->rules.max_age_us < now_us)
        refuse(out, REASON_EXPIRED);
    else if (earliest_creation(events, count))
        expect_of_known(oracle, events, count, request, now_us, out);
    else if (!request->may_wait)
        refuse(out, REASON_UNKNOWN_JOB);
    else
        out->verdict.action = GATE_WAIT;
    out->has_row = (out->has_row || out->verdict.action == GATE_WAIT) && first_look;
    if (out->verdict.action == GATE_DECIDE)
        out->verdict.decided_at_us = now_us;
}

static bool note_command(struct oracle *oracle, const struct cancel_request *request,
                         const struct expected *expected, const struct uuid *command_id,
                         int64_t now_us)
{
    struct oracle_command *command =
        (struct oracle_command *)find_command(oracle, request, expected->attempt);

    if (!command) {
        for (size_t i = 0; i < oracle->command_count; i++) {
            if (!memcmp(&oracle->commands[i].command_id, command_id, sizeof *command_id))
                return false;
        }
        if (oracle->command_count == ORACLE_MAX)
            abort();
        command = &oracle->commands[oracle->command_count++];
        *command = (struct oracle_command){
            .organization_id = request->organization_id,
            .job_id = request->job_id,
            .attempt = expected->attempt,
            .command_id = *command_id,
        };
    }
    if (expected->verdict.publishes_command) {
        command->times_published++;
        command->answer_by_us = now_us + oracle->rules.answer_within_us;
    }
    return !memcmp(&command->command_id, command_id, sizeof *command_id);
}

bool oracle_note(struct oracle *oracle, const struct cancel_request *request,
                 const struct expected *expected, const struct uuid *command_id, int64_t now_us)
{
    const struct gate_verdict *verdict = &expected->verdict;
    struct oracle_answered *answered = (struct oracle_answered *)find_answered(oracle, request);

    if (verdict->is_decided && verdict->decision == CANCEL_GRANTED &&
        !note_command(oracle, request, expected, command_id, now_us))
        return false;
    if (verdict->action == GATE_REPEAT || !request->authenticated ||
        (verdict->is_decided && verdict->reason_code == REASON_REQUEST_ID_REUSED))
        return true;
    if (!answered) {
        if (oracle->answered_count == ORACLE_MAX)
            abort();
        answered = &oracle->answered[oracle->answered_count++];
        answered->request = *request;
    }
    answered->decided = verdict->is_decided;
    answered->decision = verdict->decision;
    answered->reason_code = verdict->reason_code;
    answered->decided_at_us = verdict->decided_at_us;
    answered->attempt = expected->attempt;
    return true;
}
