// SPDX-License-Identifier: Apache-2.0
#include "http/problem.h"

#include "http/json_build.h"

#define OGC  "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
#define OURS "urn:jobtrail:problem:"

static const struct {
    int status;
    const char *type, *title;
} problems[PROBLEMS] = {
    [PROBLEM_BAD_REQUEST] = {400, OURS "bad-request", "Bad request"},
    [PROBLEM_BAD_PARAMETER] = {400, OURS "bad-parameter", "Bad parameter"},
    [PROBLEM_NOT_AUTHENTICATED] = {401, OURS "not-authenticated", "Not authenticated"},
    [PROBLEM_NOT_CREATOR] = {403, OURS "not-creator", "Only its creator may cancel a job"},
    [PROBLEM_NOT_FOUND] = {404, OURS "not-found", "Not found"},
    [PROBLEM_NO_SUCH_PROCESS] = {404, OGC "no-such-process", "No such process"},
    [PROBLEM_NO_SUCH_JOB] = {404, OGC "no-such-job", "No such job"},
    [PROBLEM_NO_SUCH_REQUEST] = {404, OURS "no-such-cancel-request", "No such cancel request"},
    [PROBLEM_METHOD_NOT_ALLOWED] = {405, OURS "method-not-allowed", "Method not allowed"},
    [PROBLEM_NOT_EXECUTABLE] = {405, OURS "not-executable", "Jobs are not started here"},
    [PROBLEM_RESULT_NOT_READY] = {404, OGC "result-not-ready", "The job has not finished"},
    [PROBLEM_NO_RESULT] = {404, OURS "no-result", "The job stated no result"},
    [PROBLEM_JOB_FAILED] = {404, OURS "job-failed", "The job failed"},
    [PROBLEM_JOB_DISMISSED] = {404, OURS "job-cancelled", "The job was cancelled"},
    [PROBLEM_ALREADY_FINISHED] = {409, OURS "already-finished", "The job has already finished"},
    [PROBLEM_NOT_CANCELLABLE] = {409, OURS "not-cancellable", "The job cannot be cancelled"},
    [PROBLEM_REFUSED] = {409, OURS "refused", "The cancel request was refused"},
    [PROBLEM_TOO_LARGE] = {413, OURS "too-large", "Body too large"},
    [PROBLEM_TARGET_TOO_LONG] = {414, OURS "address-too-long", "Address too long"},
    [PROBLEM_REQUEST_ID_REUSED] = {422, OURS "request-id-reused",
                                   "The request id was used for another job"},
    [PROBLEM_TOO_MANY_REQUESTS] = {429, OURS "too-many-requests", "Too many requests"},
    [PROBLEM_TOO_MANY_HEADERS] = {431, OURS "too-many-headers", "Too many headers"},
    [PROBLEM_INTERNAL] = {500, OURS "internal", "Something went wrong here"},
    [PROBLEM_UNAVAILABLE] = {503, OURS "unavailable", "Not available now"},
    [PROBLEM_NOT_YET_PROJECTED] = {504, OURS "not-yet-projected",
                                   "The position was not reached in time"},
};

const char *problem_type(enum problem problem)
{
    return problems[problem].type;
}

void problem_respond(struct response *response, enum problem problem,
                     const struct problem_details *details, struct slice instance)
{
    json_t *json;

    json_build_begin();
    json = json_object();
    put_text(json, "type", slice_of(problems[problem].type));
    put_text(json, "title", slice_of(problems[problem].title));
    put_integer(json, "status", problems[problem].status);
    put_text(json, "detail", details->detail);
    put_text(json, "instance", instance);
    put_text(json, "parameter", details->parameter);
    put_text(json, "allowed", slice_of(details->allowed));
    response->status = problems[problem].status;
    response->may_revalidate = false;
    json_build_end(json, response, "application/problem+json");
}
