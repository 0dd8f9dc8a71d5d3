// SPDX-License-Identifier: Apache-2.0
// jobtrail cancel: asks for a job's end, and waits for what comes of it.
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "cli/api/api_problem.h"
#include "cli/api/cancellation_words.h"
#include "cli/jobs/cancel_confirm.h"
#include "cli/jobs/cancel_outcome.h"
#include "cli/jobs/job_members.h"
#include "cli/jobs/job_stream.h"
#include "cli/terminal/command.h"
#include "cli/terminal/json_text.h"
#include "cli/terminal/output.h"

#define ASK_AGAIN_US (5 * US_PER_SECOND)

struct cancelling {
    struct api_client *client;
    const char *job_id;
    char request_id[UUID_TEXT_SIZE];
    json_t *request; // owned: as it was last told
    int64_t asked_us;
};

static void take_request(struct cancelling *cancelling, json_t *request)
{
    json_decref(cancelling->request);
    cancelling->request = json_incref(request);
}

// As it is now.
static int get_request(struct cancelling *cancelling, struct err *err)
{
    struct api_question question = {.path = "/jobs/*/cancel-requests/*",
                                    .ids = {cancelling->job_id, cancelling->request_id}};
    struct api_answer answer;
    int rc = api_get(cancelling->client, &question, &answer, err);

    cancelling->asked_us = clock_monotonic_us();
    if (rc)
        return rc;
    take_request(cancelling, answer.json);
    api_answer_free(&answer);
    return DONE;
}

static char *make_body(const char *reason)
{
    json_t *body = json_object();
    char *text = NULL;

    if (body && (!reason || !json_object_set_new(body, "reason", json_string(reason))))
        text = json_text(body, JSON_COMPACT);
    json_decref(body);
    return text;
}

static int judge_answer(struct cancelling *cancelling, const struct api_question *question,
                        const struct api_answer *answer, struct err *err)
{
    int rc;

    if (answer->status == 202 && json_is_object(answer->json)) {
        take_request(cancelling, answer->json);
        return DONE;
    }
    rc = api_problem_tell(cancelling->client, question, answer, err);
    // The gate has recorded a request for a job that does not exist as refused.
    if (!strcmp(err->reason, API_NO_SUCH_JOB))
        err->reason = API_REFUSED;
    return rc;
}

// Asks once. With the same request id the same can be asked again, should the answer not arrive.
static int post(struct cancelling *cancelling, const char *reason, struct err *err)
{
    struct api_question question = {.path = "/jobs/*/cancel-requests",
                                    .ids = {cancelling->job_id},
                                    .request_id = cancelling->request_id};
    struct api_answer answer;
    char *body = make_body(reason);
    int rc;

    if (!body)
        return err_no_memory(err);
    question.body = body;
    rc = api_ask(cancelling->client, &question, &answer, err);
    free(body);
    if (!rc) {
        rc = judge_answer(cancelling, &question, &answer, err);
        api_answer_free(&answer);
    }
    if (rc == RETRY)
        fprintf(stderr,
                "jobtrail: it is not known whether the request arrived; --request-id %s asks the "
                "same again, never twice\n",
                cancelling->request_id);
    return rc;
}

static int take_news(void *self, const struct stream_news *news, bool *enough, struct err *err)
{
    struct cancelling *cancelling = self;
    // Asks now and then besides: running out of time is no event, and a member who may not see the
    // job gets nothing but heartbeats.
    bool is_due = clock_monotonic_us() - cancelling->asked_us >= ASK_AGAIN_US;
    int rc = DONE;

    if (is_due || job_stream_concerns(news, cancelling->job_id))
        rc = get_request(cancelling, err);
    *enough = !rc && cancel_outcome_is_settled(cancelling->request);
    return rc;
}

static int post_and_wait(struct cancelling *cancelling, const char *reason, struct err *err)
{
    struct stream_visitor visitor = {cancelling, take_news};
    struct fetch_header from;
    struct buffer query;
    int rc;

    buffer_init(&query);
    rc = job_stream_find(cancelling->client, cancelling->job_id, &query, &from, err);
    if (!rc)
        rc = post(cancelling, reason, err);
    if (!rc && !cancel_outcome_is_settled(cancelling->request)) {
        fprintf(stderr, "jobtrail: granted; waiting for what comes of it\n");
        rc = api_stream_follow(cancelling->client, query.data, from.value, &visitor, err);
    }
    buffer_free(&query);
    return rc;
}

static const struct output_column columns[] = {
    {"request_id", {0}}, {"job_id", {0}},  {"attempt", {0}},    {"decision", {0}},
    {"because", {0}},    {"outcome", {0}}, {"command_id", {0}}, {NULL, {0}}};

static int print_request(const struct arguments *arguments, const json_t *request, struct err *err)
{
    const char *because = cancellation_reason_words(member_text(request, "reasonCode"));
    struct output *output;
    int rc = output_new(arguments, OUTPUT_RECORD, columns, &output, err);

    if (rc)
        return rc;
    output_text(output, member_text(request, "requestID"));
    output_text(output, member_text(request, "jobID"));
    output_count(output, member_integer(request, "attempt", -1));
    output_text(output, member_text(request, "decision"));
    output_text(output, because ? slice_of(because) : member_text(request, "reasonCode"));
    output_text(output, member_text(request, "outcome"));
    output_text(output, member_text(request, "commandID"));
    rc = output_print(output, err);
    output_free(output);
    return rc;
}

static int print(const struct arguments *arguments, const json_t *request, bool is_json,
                 struct err *err)
{
    char *text;

    if (!is_json)
        return print_request(arguments, request, err);
    text = json_text(request, JSON_INDENT(2) | JSON_ENSURE_ASCII);
    if (!text)
        return err_no_memory(err);
    printf("%s\n", text);
    free(text);
    return DONE;
}

static int cancel(struct cancelling *cancelling, const struct arguments *arguments, bool is_json,
                  struct err *err)
{
    const char *reason = arguments_value(arguments, "reason");
    struct err not_there;
    int rc = arguments_given(arguments, "yes")
                 ? DONE
                 : cancel_confirm(cancelling->client, cancelling->job_id, err);

    if (rc)
        return rc;
    rc = arguments_given(arguments, "wait") ? post_and_wait(cancelling, reason, err)
                                            : post(cancelling, reason, err);
    // A refused request has its record as well, which scripts read; err has what people read.
    if (rc && is_json && !strcmp(err->reason, API_REFUSED) && !get_request(cancelling, &not_there))
        (void)print(arguments, cancelling->request, true, &not_there);
    if (!rc)
        rc = print(arguments, cancelling->request, is_json, err);
    return rc ? rc : cancel_outcome_judge(cancelling->request, err);
}

static int read_arguments(const struct arguments *arguments, struct cancelling *cancelling,
                          struct err *err)
{
    const char *text = arguments_value(arguments, "request-id");
    unsigned char random[UUID_BYTES];
    struct uuid id;

    if (arguments->positional_count != 1 || !*arguments->positional[0])
        return err_set(err, FATAL, "USAGE", "cancel takes the id of one job");
    cancelling->job_id = arguments->positional[0];
    random_bytes(random, sizeof random);
    id = uuid_from_random(random);
    if (text && !uuid_parse(slice_of(text), &id))
        return err_set(err, FATAL, "USAGE", "--request-id: \"%.40s\": expected a UUID", text);
    uuid_format(&id, cancelling->request_id);
    text = arguments_value(arguments, "reason");
    if (text && !utf8_is_text(slice_of(text)))
        return err_set(err, FATAL, "USAGE", "--reason: not valid UTF-8");
    return DONE;
}

static int run(const struct invocation *invocation, struct err *err)
{
    const struct arguments *arguments = invocation->arguments;
    struct cancelling cancelling = {0};
    bool is_json;
    int rc = read_arguments(arguments, &cancelling, err);

    if (!rc)
        rc = output_read_format(arguments, &is_json, err);
    if (!rc)
        rc = api_client_new(invocation, &cancelling.client, err);
    if (!rc)
        rc = cancel(&cancelling, arguments, is_json, err);
    json_decref(cancelling.request);
    api_client_free(cancelling.client);
    return rc;
}

static const struct flag flags[] = {
    {"yes", NULL, "do not ask before", 'y'},
    {"reason", "TEXT", "why, for those who read of it", 0},
    {"request-id", "UUID", "which request this is: the same again is the same request", 0},
    {"wait", NULL, "wait for what comes of it", 'w'},
    OUTPUT_FLAG,
    API_FLAGS,
};

const struct command cancel_command = {
    .name = "cancel",
    .summary = "Asks for a job's end, which only its creator is granted",
    .synopsis = "JOB_ID [FLAGS]",
    .description =
        "A granted request becomes a command to the job's service; the job ends when it obeys.\n"
        "With --wait that is waited for: the command is honoured (the job was cancelled),\n"
        "overtaken (it ended otherwise, or began anew) or unanswered.\n"
        "\n" API_DESCRIPTION "\n"
        "With --output json: the request as the API has it, a refused one too.\n"
        "\n"
        "Exit codes: 0 granted (with --wait: honoured), 20 refused or withdrawn, 21 overtaken, 22 "
        "unanswered,\n" API_EXIT_CODES ".",
    .example = "  jobtrail cancel load-42 --reason \"started twice\"\n"
               "  jobtrail cancel load-42 --yes --wait --output json",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};
