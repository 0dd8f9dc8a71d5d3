// SPDX-License-Identifier: Apache-2.0
// jobtrail list: the jobs of an organisation, and what becomes of them.
#include <stdio.h>

#include "cli/api/api_client.h"
#include "cli/api/api_stream.h"
#include "cli/jobs/job_members.h"
#include "cli/jobs/job_table.h"
#include "cli/jobs/list_filter.h"
#include "cli/jobs/next_page.h"
#include "cli/jobs/seen_jobs.h"
#include "cli/terminal/command.h"
#include "cli/terminal/interrupt.h"

enum { LIMIT_DEFAULT = 25, LIMIT_MAX = 1000000, PAGE_MAX = 250, SEEN_MAX = 10000 };

struct listing {
    struct api_client *client;
    struct job_table *table;
    struct buffer filter;  // the query's, NUL-terminated
    const char *sort;      // NULL: as the API does
    size_t limit;          // 0: all
    struct seen_jobs seen; // while following
};

// The first page's; NUL-terminated.
static void write_query(const struct listing *listing, struct buffer *out)
{
    size_t page = listing->limit && listing->limit < PAGE_MAX ? listing->limit : PAGE_MAX;
    char number[24];

    buffer_append_text(out, listing->filter.data);
    if (listing->sort)
        api_query_add(out, "sortby", listing->sort);
    snprintf(number, sizeof number, "%zu", page);
    api_query_add(out, "limit", number);
    buffer_append(out, "", 1);
}

static void tell_of_rest(const json_t *page, size_t shown, bool has_more)
{
    int64_t bound = member_integer(page, "boundedToNewest", 0);
    int64_t matched = member_integer(page, "numberMatched", -1);
    int64_t more_than = member_integer(page, "numberMatchedMoreThan", -1);

    if (bound)
        fprintf(stderr, "jobtrail: only the newest %lld jobs were looked at\n", (long long)bound);
    if (has_more && matched >= 0)
        fprintf(stderr, "jobtrail: %zu of %lld jobs; --limit N or --all lists more\n", shown,
                (long long)matched);
    else if (has_more)
        fprintf(stderr, "jobtrail: %zu of more than %lld jobs; --limit N or --all lists more\n",
                shown, (long long)more_than);
}

// Adds a page's jobs as long as there are fewer than wanted.
static int add_page(struct listing *listing, const json_t *page, size_t *shown, struct err *err)
{
    const json_t *jobs = json_object_get(page, "jobs");
    int rc = DONE;

    for (size_t i = 0; !rc && i < json_array_size(jobs); i++) {
        if (listing->limit && *shown == listing->limit)
            break;
        rc = job_table_add(listing->table, json_array_get(jobs, i), err);
        *shown += 1;
    }
    return rc ? rc : job_table_flush(listing->table, err);
}

static int list_pages(struct listing *listing, struct err *err)
{
    struct buffer query;
    size_t shown = 0;
    bool has_more = true, listed_before = false;
    int rc = DONE;

    buffer_init(&query);
    write_query(listing, &query);
    while (!rc && has_more && (!listing->limit || shown < listing->limit)) {
        struct api_question question = {.path = "/jobs", .query = query.data};
        struct api_answer answer;
        const char *next;

        rc = query.failed ? err_no_memory(err) : api_get(listing->client, &question, &answer, err);
        if (rc)
            break;
        rc = add_page(listing, answer.json, &shown, err);
        if (!rc && !listed_before)
            api_tell_freshness(&answer);
        listed_before = true;
        next = next_page_query(answer.json);
        has_more = next;
        buffer_clear(&query);
        buffer_append_text(&query, next ? next : "");
        buffer_append(&query, "", 1);
        if (!rc && (!has_more || (listing->limit && shown >= listing->limit)))
            tell_of_rest(answer.json, shown, has_more);
        api_answer_free(&answer);
    }
    buffer_free(&query);
    return rc ? rc : job_table_end(listing->table, err);
}

static int add_if_new(struct listing *listing, const json_t *job, struct err *err)
{
    bool is_new = true;
    int rc = seen_jobs_add(&listing->seen, job, &is_new, err);

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
    write_query(listing, &query);
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

static int take_news(void *self, const struct stream_news *news, bool *enough, struct err *err)
{
    struct listing *listing = self;
    struct fetch_header from;
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
        fprintf(stderr, "jobtrail: something was missed; the latest are listed again\n");
        rc = list_latest(listing, &from, err);
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

    listing->sort = "-updated";
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
    int rc = arguments_integer(arguments, "limit", 1, is_followed ? PAGE_MAX : LIMIT_MAX,
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
    listing->sort = arguments_value(arguments, "sort");
    rc = list_filter_read(arguments, &listing->filter, err);
    buffer_append(&listing->filter, "", 1);
    return !rc && listing->filter.failed ? err_no_memory(err) : rc;
}

static int run(const struct invocation *invocation, struct err *err)
{
    const struct arguments *arguments = invocation->arguments;
    bool is_followed = arguments_given(arguments, "follow");
    struct listing listing = {0};
    int rc = read_arguments(arguments, &listing, err);

    if (!rc)
        rc = job_table_new(arguments, is_followed, &listing.table, err);
    if (!rc)
        rc = api_client_new(invocation, &listing.client, err);
    if (!rc)
        rc = is_followed ? follow(&listing, err) : list_pages(&listing, err);
    api_client_free(listing.client);
    job_table_free(listing.table);
    buffer_free(&listing.filter);
    return rc;
}

static const struct flag flags[] = {
    LIST_FILTER_FLAGS,
    {"sort", "COLUMN",
     "created, jobID, updated, processID, status, message, progress, started, finished, duration "
     "or "
     "creator; -COLUMN: downwards (default: -created)",
     0},
    {"limit", "N", "at most so many (default: 25)", 'n'},
    {"all", NULL, "all of them, page by page", 'a'},
    {"follow", NULL,
     "those that changed last, then each that is new or changes, until Ctrl-C; the newest last",
     'f'},
    OUTPUT_FLAG,
    API_FLAGS,
};

const struct command list_command = {
    .name = "list",
    .summary = "Lists the jobs that you may see, and follows them",
    .synopsis = "[FLAGS]",
    .description = API_DESCRIPTION
    "\n"
    "With --output json: an array of the jobs as the API has them; with --follow an object a\n"
    "line, with \"gone\": true for one that the filter no longer lets through.\n"
    "\n"
    "Exit codes: 0 listed (with --follow: ended by Ctrl-C),\n" API_EXIT_CODES ".",
    .example = "  jobtrail list --url https://jobs.example.org --token-file ~/.jobtrail-token\n"
               "  jobtrail list --status failed --since 2026-11-23 --type Load,Seed\n"
               "  jobtrail list --mine --follow --output json | jq .status",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};
