// SPDX-License-Identifier: Apache-2.0
// Asking for a job's end. Every request of a member goes through the gate, which alone decides and
// writes it down; here its decision becomes an answer. A refusal of somebody else's job that the
// member cannot see is answered like that of a job that is not there, after the same questions to
// PostgreSQL.
#include <strings.h>

#include "base/random.h"
#include "http/cancellation_json.h"
#include "http/job_json.h"
#include "http/ledger_pool.h"
#include "http/resources.h"
#include "http/scope.h"
#include "json/parse.h"

// A request id with or without the quotes that structured headers have.
static bool read_request_id(struct exchange *exchange, struct uuid *out)
{
    static const char name[] = "Idempotency-Key";
    struct slice text = request_header(&exchange->request, name);
    unsigned char random[UUID_BYTES];

    if (!request_header_count(&exchange->request, name)) {
        random_bytes(random, sizeof random);
        *out = uuid_from_random(random);
        return true;
    }
    if (text.size >= 2 && text.data[0] == '"' && text.data[text.size - 1] == '"')
        text = (struct slice){text.data + 1, text.size - 2};
    if (!slice_is_null(text) && uuid_parse(text, out))
        return true;
    exchange_bad_parameter(exchange, slice_of(name), "a UUID, once");
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

// The body's reason, copied. 0; also when the answer is made already, and *good is false.
static int read_reason(struct exchange *exchange, struct slice *reason, bool *good, struct err *err)
{
    static const char allowed[] = "nothing, or application/json: an object with a text \"reason\" "
                                  "or without members";
    const json_t *value;
    json_error_t error;
    bool no_memory;
    json_t *body;
    int rc = DONE;

    if (!exchange->request.body.size)
        return DONE;
    body = json_parse(exchange->request.body, &error, &no_memory);
    if (no_memory)
        return err_no_memory(err);
    value = json_object_get(body, "reason");
    *good = json_is_object(body) && is_json(&exchange->request) &&
            json_object_size(body) == (value ? 1 : 0) && (!value || json_is_string(value));
    if (!*good)
        exchange_bad_parameter(exchange, SLICE_LITERAL("body"), allowed);
    else if (value &&
             !arena_copy(&exchange->arena,
                         (struct slice){json_string_value(value), json_string_length(value)},
                         reason))
        rc = err_no_memory(err);
    json_decref(body);
    return rc;
}

static int make_request(struct exchange *exchange, struct cancel_request *out, bool *good,
                        struct err *err)
{
    int rc;

    *out = (struct cancel_request){
        .organization_id = exchange->viewer.organization_id,
        .job_id = exchange->ids[0],
        .requester_id = exchange->viewer.member,
        .authenticated = true,
        .received_at_us = exchange->now_us,
        .traceparent = request_header(&exchange->request, "traceparent"),
    };
    *good = read_request_id(exchange, &out->request_id);
    if (!*good)
        return DONE;
    if (exchange->request.method == METHOD_POST) {
        rc = read_reason(exchange, &out->reason, good, err);
        if (rc || !*good)
            return rc;
    }
    return cancel_request_check(out, &exchange->arena, err);
}

static int decide(const struct api *api, const struct exchange *exchange,
                  const struct cancel_request *request, struct gate_verdict *verdict,
                  struct err *err)
{
    struct gate gate = api->gate;
    struct ledger *ledger;
    int rc = ledger_pool_take(api->ledgers, &ledger, err);

    if (rc)
        return rc;
    gate.ledger = ledger_port(ledger);
    rc = gate_decide(&gate, request, 1, NULL, exchange->now_us, verdict, NULL, err);
    ledger_pool_give(api->ledgers, ledger);
    return rc;
}

static int refuse(struct job_reader *reader, struct exchange *exchange,
                  const struct gate_verdict *verdict, struct err *err)
{
    const struct viewed_job *job = NULL;
    struct job_scope scope;
    int rc = DONE;

    switch (verdict->reason_code) {
    case REASON_UNKNOWN_JOB:
    case REASON_NOT_CREATOR:
        if (scope_for_reading(&exchange->viewer, &scope))
            rc = job_reader_show(reader, &scope, exchange->ids[0], &job, err);
        if (!rc)
            exchange_problem(exchange,
                             job && verdict->reason_code == REASON_NOT_CREATOR
                                 ? PROBLEM_NOT_CREATOR
                                 : PROBLEM_NO_SUCH_JOB,
                             NULL);
        break;
    case REASON_ALREADY_FINISHED:
        exchange_problem(exchange, PROBLEM_ALREADY_FINISHED, "ALREADY_FINISHED");
        break;
    case REASON_NOT_CANCELLABLE:
        exchange_problem(exchange, PROBLEM_NOT_CANCELLABLE, "NOT_CANCELLABLE");
        break;
    case REASON_REQUEST_ID_REUSED:
        exchange_problem(exchange, PROBLEM_REQUEST_ID_REUSED, "REQUEST_ID_REUSED");
        break;
    default:
        exchange_problem(exchange, PROBLEM_REFUSED, cancel_reason_name(verdict->reason_code));
    }
    return rc;
}

static void tell_location(const struct api *api, struct exchange *exchange, const struct uuid *id)
{
    char text[UUID_TEXT_SIZE];
    struct slice ids[2] = {exchange->ids[0], {text, UUID_TEXT_SIZE - 1}};
    struct buffer address;

    uuid_format(id, text);
    buffer_init(&address);
    link_address(&address, api, exchange, "/jobs/*/cancel-requests/*", ids);
    buffer_append(&address, "", 1);
    if (address.failed)
        exchange->response.failed = true;
    else
        response_header(&exchange->response, "Location", "%s", address.data);
    buffer_free(&address);
}

static int gone(struct err *err)
{
    return err_set(err, RETRY, "NOT_YET_READABLE", "what was just decided cannot be read yet");
}

static int answer_request(const struct api *api, struct job_reader *reader,
                          struct exchange *exchange, const struct cancel_request *request,
                          struct err *err)
{
    const struct viewed_cancellation *cancellation;
    int rc = job_reader_cancellation(reader, request->organization_id, request->requester_id,
                                     &request->request_id, &cancellation, err);

    if (rc || !cancellation)
        return rc ? rc : gone(err);
    json_build_begin();
    exchange->response.status = 202;
    json_build_end(cancellation_json(api, exchange, cancellation, true), &exchange->response,
                   "application/json");
    return DONE;
}

static int answer_job(const struct api *api, struct job_reader *reader, struct exchange *exchange,
                      struct err *err)
{
    const struct viewed_job *job;
    struct job_scope scope;
    int rc;

    scope_for_cancelling(&exchange->viewer, &scope);
    rc = job_reader_show(reader, &scope, exchange->ids[0], &job, err);
    if (rc || !job)
        return rc ? rc : gone(err);
    json_build_begin();
    exchange->response.status = 202;
    json_build_end(job_json(api, exchange, job, true), &exchange->response, "application/json");
    return DONE;
}

int resource_cancel(const struct api *api, struct job_reader *reader, struct exchange *exchange,
                    struct err *err)
{
    struct cancel_request request;
    struct gate_verdict verdict;
    bool good = true;
    int rc = make_request(exchange, &request, &good, err);

    if (rc || !good)
        return rc;
    rc = decide(api, exchange, &request, &verdict, err);
    if (rc)
        return rc;
    if (verdict.is_decided && verdict.decision != CANCEL_GRANTED)
        return refuse(reader, exchange, &verdict, err);
    tell_location(api, exchange, &request.request_id);
    if (exchange->request.method == METHOD_POST)
        return answer_request(api, reader, exchange, &request, err);
    return answer_job(api, reader, exchange, err);
}
