// SPDX-License-Identifier: Apache-2.0
// jobtrail list: the jobs of an organisation, and what becomes of them.
#include <stdio.h>

#include "base/clock.h"
#include "cli/api/api_stream.h"
#include "cli/api/vocabulary.h"
#include "cli/jobs/job_members.h"
#include "cli/jobs/list_filter.h"
#include "cli/jobs/listing.h"
#include "cli/terminal/command.h"
#include "cli/terminal/interrupt.h"

enum { LIMIT_DEFAULT = 25, LIMIT_MAX = 1000000, FOLLOWED_MAX = 250, SEEN_MAX = 10000 };

static int add_if_new(struct listing *listing, const json_t *job, struct err *err)
{
    bool is_new = true;
    int rc = seen_jobs_add(&listing->seen, job, &is_new, err);

    listing->told += is_new;
    job_table_set_now(listing->table, api_client_now_us(listing->client));
    return rc || !is_new ? rc : job_table_add(listing->table, job, err);
}

// Lists the jobs that changed last, in the order of their changes; *from is where the stream goes
// on.
static int list_latest(struct listing *listing, struct fetch_header *from, struct err *err)
{
    struct api_question question = {.path = "/jobs"};
    struct api_answer answer;
    const json_t *jobs;
    struct buffer query;
    int rc;

    buffer_init(&query);
    listing_write_query(listing, &query);
    question.query = query.data;
    rc = query.failed ? err_no_memory(err) : api_get(listing->client, &question, &answer, err);
    buffer_free(&query);
    if (rc)
        return rc;
    rc = api_stream_require(&answer, err);
    *from = answer.stream_from;
    jobs = json_object_get(answer.json, "jobs");
    for (size_t i = json_array_size(jobs); !rc && i; i--)
        rc = add_if_new(listing, json_array_get(jobs, i - 1), err);
    api_answer_free(&answer);
    return rc ? rc : job_table_flush(listing->table, err);
}

// What was shown already is not shown again; that there may be more than is listed is told.
static int list_again(struct listing *listing, struct err *err)
{
    struct fetch_header from;
    size_t before = listing->told;
    int rc = list_latest(listing, &from, err);

    if (!rc && listing->told - before == listing->limit)
        fprintf(stderr, "jobtrail: more may have changed meanwhile than the latest %zu\n",
                listing->limit);
    return rc;
}

static int take_news(void *self, const struct stream_news *news, bool *enough, struct err *err)
{
    struct listing *listing = self;
    int rc = DONE;

    (void)enough;
    switch (news->kind) {
    case NEWS_JOB:
        rc = add_if_new(listing, news->body, err);
        break;
    case NEWS_GONE:
        if (seen_jobs_remove(&listing->seen, member_text(news->body, "jobID")))
            rc = job_table_add_gone(listing->table, news->body, err);
        break;
    case NEWS_RESET:
        rc = list_again(listing, err);
        break;
    case NEWS_FRESH:
        return DONE;
    }
    return rc ? rc : job_table_flush(listing->table, err);
}

static int follow(struct listing *listing, struct err *err)
{
    struct stream_visitor visitor = {listing, take_news};
    struct fetch_header from;
    int rc = seen_jobs_init(&listing->seen, SEEN_MAX, err);

    buffer_append_text(&listing->sort, "-updated");
    buffer_append(&listing->sort, "", 1);
    if (!rc)
        rc = list_latest(listing, &from, err);
    if (!rc)
        rc = api_stream_follow(listing->client, listing->filter.data, from.value, &visitor, err);
    seen_jobs_free(&listing->seen);
    // Ctrl-C is how it ends.
    return rc == RETRY && !strcmp(err->reason, FETCH_OVER) ? DONE : rc;
}

static int read_arguments(const struct arguments *arguments, struct listing *listing,
                          struct err *err)
{
    bool is_followed = arguments_given(arguments, "follow");
    long long limit;
    int rc = arguments_integer(arguments, "limit", 1, is_followed ? FOLLOWED_MAX : LIMIT_MAX,
                               LIMIT_DEFAULT, &limit, err);

    if (rc)
        return rc;
    if (arguments->positional_count)
        return err_set(err, FATAL, "USAGE", "list takes flags only; \"show ID\" shows one job");
    if (arguments_given(arguments, "all") && arguments_given(arguments, "limit"))
        return err_set(err, FATAL, "USAGE", "--all and --limit exclude each other");
    if (is_followed && (arguments_given(arguments, "all") || arguments_given(arguments, "sort")))
        return err_set(err, FATAL, "USAGE",
                       "--follow tells what changes in its own order: without --all and --sort");
    listing->limit = arguments_given(arguments, "all") ? 0 : (size_t)limit;
    if (arguments_given(arguments, "sort")) {
        rc = order_translate("sort", arguments_value(arguments, "sort"), &listing->sort, err);
        buffer_append(&listing->sort, "", 1);
    }
    if (rc)
        return rc;
    rc = list_filter_read(arguments, clock_now_us(), &listing->filter, err);
    buffer_append(&listing->filter, "", 1);
    return !rc && (listing->filter.failed || listing->sort.failed) ? err_no_memory(err) : rc;
}

static int run(const struct invocation *invocation, struct err *err)
{
    const struct arguments *arguments = invocation->arguments;
    bool is_followed = arguments_given(arguments, "follow");
    struct listing listing = {0};
    int rc = read_arguments(arguments, &listing, err);

    if (!rc)
        rc = job_form_read(arguments, is_followed, &listing.form, err);
    if (!rc)
        rc = job_table_new(arguments, listing.form, is_followed, &listing.table, err);
    if (!rc)
        rc = api_client_new(invocation, &listing.client, err);
    if (!rc)
        rc = is_followed ? follow(&listing, err) : listing_pages(&listing, err);
    api_client_free(listing.client);
    job_table_free(listing.table);
    buffer_free(&listing.filter);
    buffer_free(&listing.sort);
    return rc;
}

static const struct flag flags[] = {
    LIST_FILTER_FLAGS,
    {"sort", "COLUMN",
     "created, jobID, updated, processID, status, message, progress, started, finished, duration "
     "or creator; id, type and ended are taken, too; -COLUMN: downwards (default: -created)",
     0},
    {"limit", "N", "at most so many (default: 25)", 'n'},
    {"all", NULL, "all of them, page by page: an export, which ends with 0 if it is complete", 'a'},
    {"follow", NULL,
     "those that changed last, then each that is new or changes, until Ctrl-C; the newest last",
     'f'},
    JOB_TABLE_FLAGS,
    API_FLAGS,
};

const struct command list_command = {
    .name = "list",
    .summary = "Lists the jobs that you may see, and follows them",
    .synopsis = "[FLAGS]",
    .description = API_DESCRIPTION
    "\n"
    "With --output json: an array of the jobs as the API has them; jsonl, and with --follow: an\n"
    "object a line, with \"gone\": true for one that the filter no longer lets through. csv is "
    "RFC\n"
    "4180, with the columns of the page's export; what a spreadsheet would run has an apostrophe\n"
    "before it.\n"
    "\n"
    "Exit codes: 0 listed (with --follow: ended by Ctrl-C), 1 also for a list with --all that is\n"
    "not complete, else\n" API_EXIT_CODES ".",
    .example = "  jobtrail list --url https://jobs.example.org --token-file ~/.jobtrail-token\n"
               "  jobtrail list --status failed --since 1h --type Load,Seed\n"
               "  jobtrail list --all --since 2026-11-01 --output csv > jobs.csv\n"
               "  jobtrail list --mine --follow --output json | jq .status",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};
