// SPDX-License-Identifier: Apache-2.0
// Asks for a job's cancellation. Each request of a member goes to the gate, which alone decides and
// records it; here its decision becomes an answer. If the job is another member's and the requester
// may not see it, the answer is that of a job that does not exist, and PostgreSQL was asked the
// same questions.
#include <strings.h>

#include "api/ledger_pool.h"
#include "api/resources.h"
#include "base/random.h"
#include "view/cancellation_json.h"
#include "view/job_json.h"
#include "view/scope.h"
#include "json/parse.h"

// A request id with or without the quotes that structured headers have.
static bool read_request_id(struct visit *visit, struct uuid *out)
{
    static const char name[] = "Idempotency-Key";
    struct slice text = request_header(&visit->request, name);
    unsigned char random[UUID_BYTES];

    if (!request_header_count(&visit->request, name)) {
        random_bytes(random, sizeof random);
        *out = uuid_from_random(random);
        return true;
    }
    if (text.size >= 2 && text.data[0] == '"' && text.data[text.size - 1] == '"')
        text = (struct slice){text.data + 1, text.size - 2};
    if (!slice_is_null(text) && uuid_parse(text, out))
        return true;
    visit_bad_parameter(visit, PARAMETER_VALUE, slice_of(name), "a UUID, once");
    return false;
}

static bool is_json(const struct request *request)
{
    static const char media_json[] = "application/json";
    struct slice type = request_header(request, "Content-Type");
    size_t size = sizeof media_json - 1;

    return type.size >= size && !strncasecmp(type.data, media_json, size) &&
           (type.size == size || type.data[size] == ';' || type.data[size] == ' ');
}

// Copies the reason out of the body; null, which is what some clients send who have nothing to say,
// has none. DONE and *good false: the body is wrong, and the answer says so.
static int read_reason(struct visit *visit, struct slice *reason, bool *good, struct err *err)
{
    static const char allowed[] = "nothing, or application/json: null, or an object with a text "
                                  "\"reason\" or without members";
    const json_t *value;
    json_error_t error;
    bool no_memory;
    json_t *body;
    int rc = DONE;

    if (!visit->request.body.size)
        return DONE;
    body = json_parse(visit->request.body, &error, &no_memory);
    if (no_memory)
        return err_no_memory(err);
    value = json_object_get(body, "reason");
    *good = (json_is_object(body) || json_is_null(body)) && is_json(&visit->request) &&
            json_object_size(body) == (value ? 1 : 0) && (!value || json_is_string(value));
    if (!*good)
        visit_bad_parameter(visit, PARAMETER_VALUE, SLICE_LITERAL("body"), allowed);
    else if (value &&
             !arena_copy(&visit->arena,
                         (struct slice){json_string_value(value), json_string_length(value)},
                         reason))
        rc = err_no_memory(err);
    json_decref(body);
    return rc;
}

static int make_request(struct visit *visit, struct cancel_request *out, bool *good,
                        struct err *err)
{
    int rc;

    *out = (struct cancel_request){
        .organization_id = visit->viewer.organization_id,
        .job_id = visit->ids[0],
        .requester_id = visit->viewer.member,
        .authenticated = true,
        .received_at_us = visit->now_us,
        .traceparent = request_header(&visit->request, "traceparent"),
    };
    *good = read_request_id(visit, &out->request_id);
    if (!*good)
        return DONE;
    if (visit->request.method == METHOD_POST) {
        rc = read_reason(visit, &out->reason, good, err);
        if (rc || !*good)
            return rc;
    }
    return cancel_request_check(out, &visit->arena, err);
}

static int ask_gate(const struct api *api, const struct visit *visit,
                    const struct cancel_request *request, struct gate_verdict *verdict,
                    struct err *err)
{
    struct gate gate = api->gate;
    struct ledger *ledger;
    int rc = ledger_pool_take(api->ledgers, &ledger, err);

    if (rc)
        return rc;
    gate.ledger = ledger_port(ledger);
    rc = gate_transact(&gate, request, 1, NULL, visit->now_us, verdict, NULL, err);
    ledger_pool_give(api->ledgers, ledger);
    return rc;
}

static void tell_location(const struct api *api, struct visit *visit, const struct uuid *id)
{
    char text[UUID_TEXT_SIZE];
    struct slice ids[2] = {visit->ids[0], {text, UUID_TEXT_SIZE - 1}};
    struct buffer address;

    uuid_format(id, text);
    buffer_init(&address);
    link_address(&address, api, visit, "/jobs/*/cancel-requests/*", ids);
    buffer_append(&address, "", 1);
    if (address.failed)
        visit->response.failed = true;
    else
        response_header(&visit->response, "Location", "%s", address.data);
    buffer_free(&address);
}

static void answer_cancellation(const struct api *api, struct visit *visit,
                                const struct viewed_cancellation *cancellation, bool sees_job)
{
    tell_location(api, visit, &cancellation->request_id);
    json_build_begin();
    visit->response.status = 202;
    json_build_end(cancellation_json(api, visit, cancellation, sees_job), &visit->response,
                   "application/json");
}

// A job that is not there, and one of another member whom the requester may not see, are refused
// with the same words after the same questions. One that was asked for over Kafka, where the former
// waits, waits.
static int refuse_unseen(const struct api *api, struct job_reader *reader, struct visit *visit,
                         const struct cancel_request *request, struct err *err)
{
    const struct viewed_cancellation *cancellation;
    int rc = job_reader_cancellation(reader, request->organization_id, request->requester_id,
                                     &request->request_id, &cancellation, err);

    if (rc)
        return rc;
    if (cancellation && cancellation_seems_to_wait(api, visit, cancellation))
        answer_cancellation(api, visit, cancellation, false);
    else
        visit_problem(visit, PROBLEM_NO_SUCH_JOB, NULL);
    return DONE;
}

static int refuse(const struct api *api, struct job_reader *reader, struct visit *visit,
                  const struct cancel_request *request, const struct gate_verdict *verdict,
                  struct err *err)
{
    const struct viewed_job *job = NULL;
    struct job_scope scope;
    int rc = DONE;

    switch (verdict->reason_code) {
    case REASON_UNKNOWN_JOB:
    case REASON_NOT_CREATOR:
        if (scope_for_reading(&visit->viewer, &scope))
            rc = job_reader_show(reader, &scope, visit->ids[0], &job, err);
        if (!rc && job && verdict->reason_code == REASON_NOT_CREATOR)
            visit_problem(visit, PROBLEM_NOT_CREATOR, NULL);
        else if (!rc)
            rc = refuse_unseen(api, reader, visit, request, err);
        break;
    case REASON_ALREADY_FINISHED:
        visit_problem(visit, PROBLEM_ALREADY_FINISHED, "ALREADY_FINISHED");
        break;
    case REASON_NOT_CANCELLABLE:
        visit_problem(visit, PROBLEM_NOT_CANCELLABLE, "NOT_CANCELLABLE");
        break;
    case REASON_REQUEST_ID_REUSED:
        visit_problem(visit, PROBLEM_REQUEST_ID_REUSED, "REQUEST_ID_REUSED");
        break;
    default:
        visit_problem(visit, PROBLEM_REFUSED, cancel_reason_name(verdict->reason_code));
    }
    return rc;
}

static int gone(struct err *err)
{
    return err_set(err, RETRY, "NOT_YET_READABLE", "what was just decided cannot be read yet");
}

static int answer_request(const struct api *api, struct job_reader *reader, struct visit *visit,
                          const struct cancel_request *request, struct err *err)
{
    const struct viewed_cancellation *cancellation;
    int rc = job_reader_cancellation(reader, request->organization_id, request->requester_id,
                                     &request->request_id, &cancellation, err);

    if (rc || !cancellation)
        return rc ? rc : gone(err);
    answer_cancellation(api, visit, cancellation, true);
    return DONE;
}

static int answer_job(const struct api *api, struct job_reader *reader, struct visit *visit,
                      struct err *err)
{
    const struct viewed_job *job;
    struct job_scope scope;
    int rc;

    scope_for_cancelling(&visit->viewer, &scope);
    rc = job_reader_show(reader, &scope, visit->ids[0], &job, err);
    if (rc || !job)
        return rc ? rc : gone(err);
    json_build_begin();
    visit->response.status = 202;
    json_build_end(job_json(api, visit, job, true), &visit->response, "application/json");
    return DONE;
}

int resource_cancel(const struct api *api, struct job_reader *reader, struct visit *visit,
                    struct err *err)
{
    struct cancel_request request;
    struct gate_verdict verdict;
    bool good = true;
    int rc = make_request(visit, &request, &good, err);

    if (rc || !good)
        return rc;
    rc = ask_gate(api, visit, &request, &verdict, err);
    if (rc)
        return rc;
    if (verdict.is_decided && verdict.decision != CANCEL_GRANTED)
        return refuse(api, reader, visit, &request, &verdict, err);
    // One that waits over Kafka has no job yet that could be shown.
    if (visit->request.method == METHOD_POST || !verdict.is_decided)
        return answer_request(api, reader, visit, &request, err);
    tell_location(api, visit, &request.request_id);
    return answer_job(api, reader, visit, err);
}
