// SPDX-License-Identifier: Apache-2.0
// jobtrail watch: follows one job to its end.
#include <stdio.h>

#include "cli/jobs/job_members.h"
#include "cli/jobs/job_stream.h"
#include "cli/jobs/job_view.h"
#include "cli/jobs/job_words.h"
#include "cli/terminal/command.h"
#include "cli/terminal/output.h"
#include "cli/terminal/terminal_text.h"
#include "cli/terminal/time_words.h"

struct watching {
    struct api_client *client;
    const char *job_id;
    struct job_view view;
    json_t *job; // owned: as it was last told
};

static int show_job(struct watching *watching, const json_t *job, struct err *err)
{
    return job_view_show(&watching->view, job, api_client_now_us(watching->client), err);
}

static int take_job(struct watching *watching, json_t *job, struct err *err)
{
    json_decref(watching->job);
    watching->job = json_incref(job);
    return show_job(watching, job, err);
}

static int get_job(struct watching *watching, struct err *err)
{
    struct api_question question = {.path = "/jobs/*", .ids = {watching->job_id}};
    struct api_answer answer;
    int rc = api_get(watching->client, &question, &answer, err);

    if (rc)
        return rc;
    rc = take_job(watching, answer.json, err);
    api_answer_free(&answer);
    return rc;
}

// A row of the stream lacks what only the job itself has, so that the end is asked for.
static int take_news(void *self, const struct stream_news *news, bool *enough, struct err *err)
{
    struct watching *watching = self;
    int rc = DONE;

    if (!job_stream_concerns(news, watching->job_id))
        return DONE;
    if (news->kind == NEWS_JOB && !job_has_ended(news->body))
        rc = show_job(watching, news->body, err);
    else
        rc = get_job(watching, err);
    *enough = !rc && job_has_ended(watching->job);
    return rc;
}

static int watch(struct watching *watching, struct err *err)
{
    struct stream_visitor visitor = {watching, take_news};
    struct fetch_header from;
    struct buffer query;
    int rc;

    buffer_init(&query);
    rc = job_stream_find(watching->client, watching->job_id, &query, &from, err);
    if (!rc)
        rc = get_job(watching, err);
    if (!rc && !job_has_ended(watching->job))
        rc = api_stream_follow(watching->client, query.data, from.value, &visitor, err);
    buffer_free(&query);
    return rc;
}

// How it ended, as what the program ends with.
static int judge(const struct watching *watching, struct err *err)
{
    const json_t *exception = json_object_get(watching->job, "exception");
    struct slice detail = member_text(exception, "detail");
    char id[100], title[100], words[200];

    if (member_is(watching->job, "status", "successful"))
        return DONE;
    terminal_text_copy(id, sizeof id, slice_of(watching->job_id));
    if (member_is(watching->job, "status", "dismissed"))
        return err_set(err, FATAL, "JOB_CANCELLED", "the job %s was cancelled", id);
    terminal_text_copy(title, sizeof title, member_text(exception, "title"));
    terminal_text_copy(words, sizeof words, detail);
    return err_set(err, FATAL, "JOB_FAILED", "the job %s failed: %s%s%s", id, title,
                   *words ? ": " : "", words);
}

// A line of its own: a progress bar is cut at the terminal's edge.
static int tell_result(const struct watching *watching, struct err *err)
{
    struct slice result = member_text(watching->job, "resultURI");
    struct buffer line;
    int rc = DONE;

    if (slice_is_null(result) || watching->view.is_json)
        return DONE;
    buffer_init(&line);
    terminal_text_append(&line, result);
    if (line.failed)
        rc = err_no_memory(err);
    else if (printf("result: %.*s\n", (int)line.size, line.data) < 0 || fflush(stdout))
        rc = err_set(err, FATAL, "OUTPUT", "cannot write to standard output");
    buffer_free(&line);
    return rc;
}

static int run(const struct invocation *invocation, struct err *err)
{
    const struct arguments *arguments = invocation->arguments;
    struct watching watching = {0};
    int rc;

    if (arguments->positional_count != 1 || !*arguments->positional[0])
        return err_set(err, FATAL, "USAGE", "watch takes the id of one job");
    watching.job_id = arguments->positional[0];
    rc = job_view_init(&watching.view, arguments, err);
    if (!rc)
        rc = api_client_new(invocation, &watching.client, err);
    if (!rc)
        rc = watch(&watching, err);
    job_view_close(&watching.view);
    if (!rc)
        rc = judge(&watching, err);
    if (!rc)
        rc = tell_result(&watching, err);
    json_decref(watching.job);
    api_client_free(watching.client);
    return rc;
}

static const struct flag flags[] = {
    OUTPUT_FLAG,
    TIME_FLAG,
    API_FLAGS,
};

const struct command watch_command = {
    .name = "watch",
    .summary = "Follows a job to its end",
    .synopsis = "JOB_ID [FLAGS]",
    .description =
        "On a terminal with a progress bar, elsewhere, and with --time there too, with a line for\n"
        "each change and when it was; with --output json an object a line. The first end that is\n"
        "seen ends it, though the job may be tried again later.\n"
        "\n" API_DESCRIPTION "\n"
        "Exit codes: 0 the job was successful, 10 it failed, 11 it was cancelled,\n" API_EXIT_CODES
        ".",
    .example = "  jobtrail watch load-42 && echo loaded\n"
               "  jobtrail watch load-42 --output json | jq .progress",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};
