// SPDX-License-Identifier: Apache-2.0
// random_events: sends random sets of events, shuffled over each other and over the partitions,
// some twice, and prints what the naive fold makes of each set, a line of JSON a job.
//
//   random_events --topic NAME --partitions N [--jobs N] [--seed N] [--prefix OF_JOB_IDS]
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "bench/feed.h"
#include "property/event_generator.h"
#include "property/naive_fold.h"

enum { REPEATED_PERCENT = 10 };

struct request {
    const char *topic, *prefix;
    size_t partitions, jobs, seed;
};

struct job {
    char id[32];
    struct event_set set;
};

static const struct slice ORGANIZATION_ID = SLICE_LITERAL("random");

static struct request read_request(int argc, char **argv)
{
    static const struct option options[] = {
        {"topic", required_argument, NULL, 't'},  {"partitions", required_argument, NULL, 'p'},
        {"jobs", required_argument, NULL, 'j'},   {"seed", required_argument, NULL, 's'},
        {"prefix", required_argument, NULL, 'x'}, {0},
    };
    struct request request = {.partitions = 1, .jobs = 100, .seed = 1, .prefix = "job-"};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 't')
            request.topic = optarg;
        else if (option == 'p')
            request.partitions = feed_number("--partitions", optarg);
        else if (option == 'j')
            request.jobs = feed_number("--jobs", optarg);
        else if (option == 's')
            request.seed = feed_number("--seed", optarg);
        else if (option == 'x')
            request.prefix = optarg;
        else
            exit(2);
    }
    if (!request.topic)
        exit(2);
    return request;
}

static json_t *json_of_text(struct slice text)
{
    return text.data ? json_stringn(text.data, text.size) : json_null();
}

static json_t *json_of_time(int64_t time_us)
{
    return time_us == TIME_NONE ? json_null() : json_integer(time_us);
}

static json_t *json_of_uuid(const struct uuid *uuid)
{
    char text[UUID_TEXT_SIZE];

    uuid_format(uuid, text);
    return json_string(text);
}

static json_t *json_of_entry(const char *set, size_t rank, const struct history_entry *entry)
{
    return json_pack("{s:s, s:I, s:s, s:o, s:i, s:I, s:o, s:o, s:o, s:o, s:o}", "set", set, "rank",
                     (json_int_t)rank, "kind", event_kind_name((enum event_kind)entry->kind),
                     "event_id", json_of_uuid(&entry->event_id), "attempt", (int)entry->attempt,
                     "occurred_at", (json_int_t)entry->occurred_at_us, "message",
                     json_of_text(entry->message), "type", json_of_text(entry->type), "creator_id",
                     json_of_text(entry->creator_id), "error_code", json_of_text(entry->error_code),
                     "command_id",
                     entry->has_command ? json_of_uuid(&entry->command_id) : json_null());
}

static json_t *json_of_history(const struct naive_history *history)
{
    static const char *const sets[HISTORY_SETS] = {"creation", "start", "end"};
    json_t *list = json_array();

    for (size_t set = 0; set < HISTORY_SETS; set++)
        for (size_t i = 0; i < history->count[set]; i++)
            json_array_append_new(list, json_of_entry(sets[set], i, &history->entries[set][i]));
    return list;
}

static json_t *json_of_row(const struct naive_row *row)
{
    static const char *const statuses[JOB_STATUSES] = {"accepted", "running", "successful",
                                                       "failed", "dismissed"};
    const struct job_columns *columns = &row->columns;
    json_t *progress =
        columns->progress == PROGRESS_NONE ? json_null() : json_integer(columns->progress);

    return json_pack(
        "{s:o, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:o, s:o, s:o, s:o}",
        "job_id", json_of_text(columns->key.job_id), "status", statuses[columns->status], "attempt",
        (int)columns->attempt, "progress", progress, "type", json_of_text(columns->type),
        "creator_id", json_of_text(columns->creator_id), "message", json_of_text(columns->message),
        "error_code", json_of_text(columns->error_code), "error_detail",
        json_of_text(columns->error_detail), "result_uri", json_of_text(columns->result_uri),
        "creator_disputed", columns->creator_disputed, "cancellable", columns->cancellable,
        "created_at", json_of_time(columns->created_at_us), "started_at",
        json_of_time(columns->started_at_us), "finished_at", json_of_time(columns->finished_at_us),
        "updated_at", json_of_time(columns->updated_at_us), "history",
        json_of_history(&row->history));
}

// Without the events that lie ahead of the broker's clock: they would be dead letters.
static void drop_future(struct event_set *set)
{
    int64_t now_us = clock_now_us();
    size_t kept = 0;

    for (size_t i = 0; i < set->count; i++)
        if (set->events[i].occurred_at_us <= now_us)
            set->events[kept++] = set->events[i];
    set->count = kept;
}

static void print_expected(const struct job *job)
{
    struct naive_row row;
    json_t *json;

    naive_fold(job->set.events, job->set.count, &row);
    json = json_of_row(&row);
    if (!json || json_dumpf(json, stdout, JSON_COMPACT))
        abort();
    putchar('\n');
    json_decref(json);
}

// Every event of every job, some twice, in one random order.
static const struct event **shuffle(const struct job *jobs, size_t count, struct dice *dice,
                                    size_t *total)
{
    const struct event **order = calloc(count * GENERATED_EVENTS_MAX * 2, sizeof(*order));
    size_t listed = 0;

    if (!order)
        abort();
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < jobs[i].set.count; k++) {
            order[listed++] = &jobs[i].set.events[k];
            if (dice_percent(dice, REPEATED_PERCENT))
                order[listed++] = &jobs[i].set.events[k];
        }
    for (size_t i = listed; i > 1; i--) {
        size_t other = dice_below(dice, i);
        const struct event *event = order[i - 1];

        order[i - 1] = order[other];
        order[other] = event;
    }
    *total = listed;
    return order;
}

static void on_report(void *self, void *tag, int32_t partition, int64_t offset,
                      const struct err *err)
{
    (void)self, (void)tag, (void)partition, (void)offset;
    if (err)
        feed_fail("an event was refused", err);
}

static void send_all(const struct request *request, const struct event **order, size_t count,
                     struct dice *dice)
{
    struct feed feed;

    feed_open(&feed, request->topic, NULL, 0, on_report, NULL);
    for (size_t i = 0; i < count; i++)
        feed_send(&feed, order[i], (int32_t)dice_below(dice, request->partitions), NULL);
    feed_close(&feed);
}

int main(int argc, char **argv)
{
    struct request request = read_request(argc, argv);
    struct dice dice = dice_from(request.seed);
    struct event_generator generator;
    struct job *jobs = calloc(request.jobs, sizeof *jobs);
    const struct event **order;
    size_t count;

    if (!jobs)
        abort();
    event_generator_init(&generator);
    for (size_t i = 0; i < request.jobs; i++) {
        snprintf(jobs[i].id, sizeof jobs[i].id, "%s%zu", request.prefix, i);
        event_generator_draw(&generator, ORGANIZATION_ID, slice_of(jobs[i].id), &dice,
                             &jobs[i].set);
        drop_future(&jobs[i].set);
        if (jobs[i].set.count)
            print_expected(&jobs[i]);
    }
    order = shuffle(jobs, request.jobs, &dice, &count);
    send_all(&request, order, count, &dice);
    fprintf(stderr, "%zu events sent\n", count);
    free(order);
    free(jobs);
    event_generator_close(&generator);
    return 0;
}
