// SPDX-License-Identifier: Apache-2.0
// jobtrail show: one job, why it is in its state, and who asked for its end.
#include <stdio.h>
#include <stdlib.h>

#include "cli/api/api_client.h"
#include "cli/api/cancellation_words.h"
#include "cli/jobs/job_members.h"
#include "cli/jobs/job_roles.h"
#include "cli/jobs/job_story.h"
#include "cli/jobs/job_words.h"
#include "cli/jobs/next_page.h"
#include "cli/terminal/command.h"
#include "cli/terminal/json_text.h"
#include "cli/terminal/output.h"
#include "cli/terminal/terminal_text.h"
#include "cli/terminal/time_words.h"

// Somebody may have asked a great many times; the requests of whoever looks come first.
enum { SHOWN_MAX = 1000 };

struct shown {
    json_t *job, *events, *requests, *why; // owned
    int64_t now_us;                        // by the service's clock
};

static void shown_free(struct shown *shown)
{
    json_decref(shown->job);
    json_decref(shown->events);
    json_decref(shown->requests);
    json_decref(shown->why);
}

// Appends a page; into query goes that of the next one, empty: it was the last.
static int get_page(struct api_client *client, const struct api_question *question,
                    const char *name, json_t *all, struct buffer *query, struct err *err)
{
    struct api_answer answer;
    const char *next;
    json_t *array;
    int rc = api_get(client, question, &answer, err);

    if (rc)
        return rc;
    array = json_object_get(answer.json, name);
    if (array && json_array_extend(all, array))
        rc = err_no_memory(err);
    next = json_array_size(array) ? next_page_query(answer.json) : NULL;
    buffer_clear(query);
    buffer_append_text(query, next ? next : "");
    buffer_append(query, "", 1);
    api_answer_free(&answer);
    return query->failed ? err_no_memory(err) : rc;
}

// A member of what is answered, of page after page; an empty array if it is not there.
static int get_array(struct api_client *client, const char *path, const char *id, const char *name,
                     json_t **out, struct err *err)
{
    struct api_question question = {.path = path, .ids = {id}};
    struct buffer query, next;
    int rc;

    *out = json_array();
    if (!*out)
        return err_no_memory(err);
    buffer_init(&query);
    buffer_init(&next);
    do {
        struct buffer asked = query;

        question.query = query.data;
        rc = get_page(client, &question, name, *out, &next, err);
        query = next;
        next = asked;
    } while (!rc && query.data && *query.data && json_array_size(*out) < SHOWN_MAX);
    buffer_free(&query);
    buffer_free(&next);
    return rc;
}

static int get_all(struct api_client *client, const char *id, struct shown *shown, struct err *err)
{
    struct api_question question = {.path = "/jobs/*", .ids = {id}};
    struct api_answer answer;
    int rc = api_get(client, &question, &answer, err);

    if (rc)
        return rc;
    shown->job = answer.json;
    shown->now_us = api_client_now_us(client);
    api_tell_freshness(&answer);
    rc = get_array(client, "/jobs/*/history", id, "events", &shown->events, err);
    if (!rc)
        rc = get_array(client, "/jobs/*/cancel-requests", id, "cancelRequests", &shown->requests,
                       err);
    return rc ? rc : job_story(shown->job, shown->events, &shown->why, err);
}

static int print_json(const struct shown *shown, struct err *err)
{
    json_t *all;
    char *text = NULL;

    for (size_t i = 0; i < json_array_size(shown->events); i++) {
        const char *role = event_role_name(event_role_of(shown->job, shown->events, i));

        if (json_object_set_new(json_array_get(shown->events, i), "role", json_string(role)))
            return err_no_memory(err);
    }
    all = json_pack("{s:O, s:O, s:O, s:O}", "job", shown->job, "why", shown->why, "history",
                    shown->events, "cancelRequests", shown->requests);
    if (all)
        text = json_text(all, JSON_INDENT(2) | JSON_ENSURE_ASCII);
    json_decref(all);
    if (!text)
        return err_no_memory(err);
    printf("%s\n", text);
    free(text);
    return DONE;
}

static int new_output(const struct arguments *arguments, const struct shown *shown,
                      enum output_kind kind, const struct output_column *columns,
                      struct output **out, struct err *err)
{
    int rc = output_new(arguments, kind, columns, out, err);

    if (!rc)
        output_set_now(*out, shown->now_us);
    return rc;
}

static void add_time(struct output *output, const json_t *object, const char *name)
{
    output_time(output, member_time(object, name));
}

static const struct output_column job_columns[] = {
    {"id", {0}},      {"type", {0}},        {"status", {0}},  {"message", {0}}, {"progress", {0}},
    {"attempt", {0}}, {"creator", {0}},     {"created", {0}}, {"started", {0}}, {"ended", {0}},
    {"updated", {0}}, {"cancellable", {0}}, {"error", {0}},   {"result", {0}},  {NULL, {0}}};

static int print_job(const struct arguments *arguments, const struct shown *shown, struct err *err)
{
    const json_t *job = shown->job;
    const json_t *exception = json_object_get(job, "exception");
    struct output *output;
    struct buffer status;
    int rc = new_output(arguments, shown, OUTPUT_RECORD, job_columns, &output, err);

    if (rc)
        return rc;
    buffer_init(&status);
    job_status_words(job, &status);
    output_text(output, member_text(job, "jobID"));
    output_text(output, member_text(job, "processID"));
    output_text(output, buffer_slice(&status));
    output_text(output, member_text(job, "message"));
    output_count(output, job_progress(job));
    output_integer(output, member_integer(job, "attempt", 1));
    output_text(output, member_text(job, "creatorID"));
    add_time(output, job, "created");
    add_time(output, job, "started");
    add_time(output, job, "finished");
    add_time(output, job, "updated");
    output_text(output, slice_of(member_is_true(job, "cancellable") ? "yes" : "no"));
    output_text(output, member_text(exception, "title"));
    output_text(output, member_text(job, "resultURI"));
    rc = status.failed ? err_no_memory(err) : output_print(output, err);
    buffer_free(&status);
    output_free(output);
    return rc;
}

// What a service says at length, its lines kept.
static int print_detail(const json_t *job, struct err *err)
{
    struct slice text = member_text(json_object_get(job, "exception"), "detail");
    struct buffer out;
    int rc = DONE;

    if (!text.size)
        return DONE;
    buffer_init(&out);
    buffer_append_text(&out, "\nThe error in detail:\n");
    while (text.size) {
        const char *end = memchr(text.data, '\n', text.size);
        size_t size = end ? (size_t)(end - text.data) : text.size;

        buffer_append_text(&out, "  ");
        terminal_text_append(&out, (struct slice){text.data, size});
        buffer_append_text(&out, "\n");
        size += end != NULL;
        text = (struct slice){text.data + size, text.size - size};
    }
    if (out.failed)
        rc = err_no_memory(err);
    else
        fwrite(out.data, 1, out.size, stdout);
    buffer_free(&out);
    return rc;
}

static void print_why(const json_t *why)
{
    if (json_array_size(why))
        printf("\nWhy it is so:\n");
    for (size_t i = 0; i < json_array_size(why); i++)
        printf("  %s\n", json_string_value(json_array_get(why, i)));
}

static const struct output_column history_columns[] = {
    {"set", {0}},
    {"event", {0}},
    {"attempt", {CUT_NOTHING, 0, 0, 3}},
    {"occurred", {CUT_END, 9, 4, 0}},
    {"role", {CUT_END, 13, 5, 0}},
    {"creator", {CUT_MIDDLE, 12, 2, 1}},
    {"error", {CUT_END, 8, 3, 2}},
    {"message", {CUT_END, 12, 1, 4}},
    {NULL, {0}},
};

static int print_history(const struct arguments *arguments, const struct shown *shown,
                         struct err *err)
{
    struct output *output;
    int rc;

    if (!json_array_size(shown->events)) {
        printf("\nNothing of its history is kept.\n");
        return DONE;
    }
    rc = new_output(arguments, shown, OUTPUT_TABLE, history_columns, &output, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < json_array_size(shown->events); i++) {
        const json_t *event = json_array_get(shown->events, i);

        output_text(output, member_text(event, "set"));
        output_text(output, member_text(event, "kind"));
        output_integer(output, member_integer(event, "attempt", 1));
        add_time(output, event, "occurred");
        output_text(output, slice_of(event_role_name(event_role_of(shown->job, shown->events, i))));
        output_text(output, member_text(event, "creatorID"));
        output_text(output, member_text(event, "errorCode"));
        output_text(output, member_text(event, "message"));
    }
    printf("\nHistory, in each set the one that decides first:\n");
    rc = output_print(output, err);
    output_free(output);
    return rc;
}

static const struct output_column request_columns[] = {
    {"received", {CUT_END, 9, 5, 0}}, {"requester", {CUT_MIDDLE, 12, 3, 0}},
    {"outcome", {CUT_END, 10, 6, 0}}, {"attempt", {CUT_NOTHING, 0, 0, 2}},
    {"because", {CUT_END, 20, 4, 4}}, {"request_id", {CUT_MIDDLE, 17, 2, 1}},
    {"reason", {CUT_END, 12, 1, 3}},  {NULL, {0}},
};

static int print_requests(const struct arguments *arguments, const struct shown *shown,
                          struct err *err)
{
    const json_t *requests = shown->requests;
    struct output *output;
    int rc;

    if (!json_array_size(requests)) {
        printf("\nNobody has asked for it to be cancelled.\n");
        return DONE;
    }
    rc = new_output(arguments, shown, OUTPUT_TABLE, request_columns, &output, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < json_array_size(requests); i++) {
        const json_t *request = json_array_get(requests, i);
        const char *words = cancellation_reason_words(member_text(request, "reasonCode"));

        add_time(output, request, "received");
        output_text(output, member_text(request, "requesterID"));
        output_text(output, member_text(request, "outcome"));
        output_count(output, member_integer(request, "attempt", -1));
        output_text(output, words ? slice_of(words) : member_text(request, "reasonCode"));
        output_text(output, member_text(request, "requestID"));
        output_text(output, member_text(request, "reason"));
    }
    printf("\nRequests to cancel it:\n");
    rc = output_print(output, err);
    output_free(output);
    return rc;
}

static int print_all(const struct arguments *arguments, const struct shown *shown, struct err *err)
{
    int rc = print_job(arguments, shown, err);

    if (!rc)
        rc = print_detail(shown->job, err);
    if (rc)
        return rc;
    print_why(shown->why);
    rc = print_history(arguments, shown, err);
    return rc ? rc : print_requests(arguments, shown, err);
}

static int run(const struct invocation *invocation, struct err *err)
{
    const struct arguments *arguments = invocation->arguments;
    struct api_client *client = NULL;
    struct shown shown = {0};
    enum time_style times;
    bool is_json;
    int rc;

    if (arguments->positional_count != 1 || !*arguments->positional[0])
        return err_set(err, FATAL, "USAGE", "show takes the id of one job");
    rc = output_read_format(arguments, &is_json, err);
    if (!rc) // before anything is asked
        rc = time_style_read(arguments, true, TIMES_OF_ONE, &times, err);
    if (!rc)
        rc = api_client_new(invocation, &client, err);
    if (!rc)
        rc = get_all(client, arguments->positional[0], &shown, err);
    if (!rc)
        rc = is_json ? print_json(&shown, err) : print_all(arguments, &shown, err);
    shown_free(&shown);
    api_client_free(client);
    return rc;
}

static const struct flag flags[] = {
    OUTPUT_FLAG,
    TIME_FLAG,
    API_FLAGS,
};

const struct command show_command = {
    .name = "show",
    .summary = "Shows a job, why it is in its state, and who asked for its end",
    .synopsis = "JOB_ID [FLAGS]",
    .description =
        "Its history has three sets of events: creations, starts and ends. In each, one decides:\n"
        "the earliest creation, and of the latest attempt the earliest start and end. Others are\n"
        "superseded (they say the same), contradicting (they say something else, and are not\n"
        "heard) or of an earlier attempt.\n"
        "\n" API_DESCRIPTION "\n"
        "With --output json: an object of job, why, history (each event with its role) and\n"
        "cancelRequests, otherwise as the API has them.\n"
        "\n"
        "Exit codes: 0 shown (1: no such job),\n" API_EXIT_CODES ".",
    .example = "  jobtrail show load-42\n"
               "  jobtrail show load-42 --output json | jq -r '.why[]'",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};
