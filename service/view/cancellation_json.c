// SPDX-License-Identifier: Apache-2.0
#include "view/cancellation_json.h"

#include "core/cancel.h"

static const char media_json[] = "application/json";

static bool is_granted(const struct viewed_cancellation *cancellation)
{
    return slice_equal(cancellation->decision, slice_of(cancel_decision_name(CANCEL_GRANTED)));
}

static bool is_not_creators(const struct viewed_cancellation *cancellation)
{
    return slice_equal(cancellation->reason_code, slice_of(cancel_reason_name(REASON_NOT_CREATOR)));
}

// Over HTTP nothing waits. Over which channel a request came that was found again nobody knows.
static bool might_have_waited(const struct viewed_cancellation *cancellation)
{
    return is_not_creators(cancellation) && !slice_equal(cancellation->channel, slice_of("http"));
}

// When a request for a job that is not there would have been refused: the gate looks four times a
// second whether the wait is over. By when exactly it came to be refused here nobody can foretell.
static int64_t refused_at_us(const struct api *api, const struct viewed_cancellation *cancellation)
{
    static const int64_t look_every_us = US_PER_SECOND / 4;
    int64_t until_us = cancellation->waits_until_us != TIME_NONE
                           ? cancellation->waits_until_us
                           : cancellation->decided_at_us + api->gate.rules.wait_us;

    return until_us + cancellation->decided_at_us % look_every_us;
}

bool cancellation_seems_to_wait(const struct api *api, const struct visit *visit,
                                const struct viewed_cancellation *cancellation)
{
    if (!might_have_waited(cancellation))
        return false;
    return visit->now_us < refused_at_us(api, cancellation) ||
           visit->as_of_us < cancellation->decided_at_us;
}

// What was decided, the reason and the attempt would show that a job exists that the viewer may not
// see, and so would the moment of the decision.
static void put_judgement(json_t *json, const struct api *api, const struct visit *visit,
                          const struct viewed_cancellation *cancellation, bool sees_job)
{
    struct slice reason_code = cancellation->reason_code;
    int64_t decided_at_us = cancellation->decided_at_us;

    if (!sees_job && cancellation_seems_to_wait(api, visit, cancellation)) {
        put_text(json, "outcome", SLICE_LITERAL("pending"));
        return;
    }
    if (!sees_job && might_have_waited(cancellation))
        decided_at_us = refused_at_us(api, cancellation);
    if (!sees_job && is_not_creators(cancellation))
        reason_code = slice_of(cancel_reason_name(REASON_UNKNOWN_JOB));
    // Whose request is granted created the job; to others its attempt says that there is one.
    else if (cancellation->attempt > 0 && (sees_job || is_granted(cancellation)))
        put_integer(json, "attempt", cancellation->attempt);
    put_text(json, "outcome", cancellation->outcome);
    put_text(json, "decision", cancellation->decision);
    put_text(json, "reasonCode", reason_code);
    put_time(json, "decided", decided_at_us);
}

json_t *cancellation_json(const struct api *api, const struct visit *visit,
                          const struct viewed_cancellation *cancellation, bool sees_job)
{
    json_t *json = json_object(), *links = json_array();
    char id[UUID_TEXT_SIZE];
    struct slice ids[2] = {cancellation->job_id, {id, UUID_TEXT_SIZE - 1}};

    uuid_format(&cancellation->request_id, id);
    // As a text: the id that somebody chose may be the one of zeros, which is none elsewhere.
    put_text(json, "requestID", ids[1]);
    put_text(json, "jobID", cancellation->job_id);
    put_text(json, "requesterID", cancellation->requester_id);
    put_judgement(json, api, visit, cancellation, sees_job);
    put_text(json, "reason", cancellation->reason);
    put_text(json, "channel", cancellation->channel);
    put_uuid(json, "commandID", &cancellation->command_id);
    put_time(json, "received", cancellation->received_at_us);
    put_time(json, "issued", cancellation->issued_at_us);
    put_time(json, "published", cancellation->published_at_us);
    put_time(json, "answerBy", cancellation->answer_by_us);
    link_add(
        links, api, visit,
        &(struct link){"self", media_json, NULL, "/jobs/*/cancel-requests/*", {ids[0], ids[1]}});
    link_add(links, api, visit, &(struct link){"up", media_json, NULL, "/jobs/*", {ids[0]}});
    put(json, "links", links);
    return json;
}
