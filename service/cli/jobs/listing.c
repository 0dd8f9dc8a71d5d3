// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/listing.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "cli/api/api_stream.h"
#include "cli/api/vocabulary.h"
#include "cli/jobs/job_members.h"
#include "cli/jobs/next_page.h"
#include "cli/terminal/progress.h"

enum {
    PAGE_MAX = 250,
    PAGE_MAX_OF_ALL = 1000, // the most that the API gives
    TRIES_MAX = 6,
    WAIT_BASE_MS = 500,
};

// One listing as it goes on.
struct paging {
    struct listing *listing;
    struct buffer query; // of the next page, NUL-terminated
    size_t shown;
    int64_t matched; // how many there are; -1: not known
    bool has_more, is_bounded;
    int64_t bound;
    struct progress progress;
    bool shows_progress;
};

void listing_write_query(const struct listing *listing, struct buffer *out)
{
    size_t most = listing->limit ? PAGE_MAX : PAGE_MAX_OF_ALL;
    size_t page = listing->limit && listing->limit < most ? listing->limit : most;
    char number[24];

    buffer_append_text(out, listing->filter.data);
    if (listing->sort.size)
        api_query_add(out, parameter_of_flag("sort"), listing->sort.data);
    snprintf(number, sizeof number, "%zu", page);
    api_query_add(out, "limit", number);
    buffer_append(out, "", 1);
}

static bool is_enough(const struct paging *paging)
{
    return paging->listing->limit && paging->shown >= paging->listing->limit;
}

// Adds a page's jobs as long as there are fewer than wanted.
static int add_page(struct paging *paging, const json_t *page, struct err *err)
{
    struct listing *listing = paging->listing;
    const json_t *jobs = json_object_get(page, "jobs");
    int rc = DONE;

    job_table_set_now(listing->table, api_client_now_us(listing->client));
    for (size_t i = 0; !rc && i < json_array_size(jobs) && !is_enough(paging); i++) {
        rc = job_table_add(listing->table, json_array_get(jobs, i), err);
        paging->shown++;
    }
    return rc ? rc : job_table_flush(listing->table, err);
}

static void read_totals(struct paging *paging, const json_t *page)
{
    const char *next = next_page_query(page);

    paging->has_more = next;
    paging->matched = member_integer(page, "numberMatched", -1);
    paging->bound = member_integer(page, "boundedToNewest", 0);
    paging->is_bounded |= paging->bound > 0;
    buffer_clear(&paging->query);
    buffer_append_text(&paging->query, next ? next : "");
    buffer_append(&paging->query, "", 1);
}

// Behind the first page it is worth waiting for the next one.
static int ask_for_page(struct paging *paging, struct api_answer *answer, struct err *err)
{
    struct api_question question = {.path = "/jobs", .query = paging->query.data};
    int rc;

    if (paging->query.failed)
        return err_no_memory(err);
    rc = api_get(paging->listing->client, &question, answer, err);
    for (unsigned tries = 1;
         rc == RETRY && !strcmp(err->reason, API_AWAY) && paging->shown && tries < TRIES_MAX;
         tries++) {
        rc = api_wait(api_stream_backoff_ms(WAIT_BASE_MS, tries, random_u64()), err);
        if (!rc)
            rc = api_get(paging->listing->client, &question, answer, err);
    }
    return rc;
}

static int take_page(struct paging *paging, struct err *err)
{
    struct api_answer answer;
    bool is_first = !paging->shown;
    int64_t more_than;
    int rc = ask_for_page(paging, &answer, err);

    if (rc)
        return rc;
    rc = add_page(paging, answer.json, err);
    read_totals(paging, answer.json);
    more_than = member_integer(answer.json, "numberMatchedMoreThan", -1);
    if (!rc && is_first)
        api_tell_freshness(&answer);
    if (paging->shows_progress)
        progress_tell(&paging->progress, paging->shown,
                      paging->matched > 0 ? (uint64_t)paging->matched : 0, paging->shown);
    if (!rc && is_enough(paging) && paging->has_more && paging->matched < 0)
        fprintf(stderr, "jobtrail: %zu of more than %lld jobs; --limit N or --all lists more\n",
                paging->shown, (long long)more_than);
    api_answer_free(&answer);
    return rc;
}

// What changes between two pages goes to another place in some orders.
static void warn_of_order(const struct paging *paging)
{
    const struct buffer *sort = &paging->listing->sort;
    const char *column = sort->size ? sort->data : "created";

    column += *column == '-';
    if (paging->shown > PAGE_MAX_OF_ALL && strcmp(column, "created") && strcmp(column, "jobID"))
        fprintf(stderr,
                "jobtrail: a job that changed while they were listed may be missing, or there "
                "twice; --sort created or id has each once\n");
}

static void tell_at_end(const struct paging *paging)
{
    const struct listing *listing = paging->listing;

    if (!paging->shown && listing->form == FORM_TABLE)
        fprintf(stderr, "jobtrail: there are no jobs in %s%s\n",
                api_client_organization(listing->client),
                listing->filter.size > 1 ? " that match" : " that you may see");
    if (paging->is_bounded && listing->limit)
        fprintf(stderr, "jobtrail: only the newest %lld jobs were looked at\n",
                (long long)paging->bound);
    if (paging->has_more && paging->matched >= 0)
        fprintf(stderr, "jobtrail: %zu of %lld jobs; --limit N or --all lists more\n",
                paging->shown, (long long)paging->matched);
}

// Rows of which some are out already are told to be no whole.
static int cut_short(const struct paging *paging, struct err *err)
{
    struct err why = *err;

    if (!paging->shown)
        return (int)err->disposition;
    if (paging->matched >= 0)
        return err_set(err, why.disposition, why.reason,
                       "%.300s; the list is not complete: it has %zu of %lld jobs", why.text,
                       paging->shown, (long long)paging->matched);
    return err_set(err, why.disposition, why.reason,
                   "%.300s; the list is not complete: it has the first %zu jobs", why.text,
                   paging->shown);
}

static int not_all(const struct paging *paging, struct err *err)
{
    return err_set(err, FATAL, "INCOMPLETE",
                   "the list is not complete: a search, and an order by another column than "
                   "created, id and updated, look at the newest %lld jobs alone",
                   (long long)paging->bound);
}

int listing_pages(struct listing *listing, struct err *err)
{
    struct paging paging = {.listing = listing, .has_more = true, .matched = -1};
    int rc = DONE;

    listing_write_query(listing, &paging.query);
    paging.shows_progress = !listing->limit && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
    progress_begin(&paging.progress, "jobs");
    while (!rc && paging.has_more && !is_enough(&paging))
        rc = take_page(&paging, err);
    progress_end(&paging.progress);
    buffer_free(&paging.query);
    if (rc)
        return cut_short(&paging, err);
    tell_at_end(&paging);
    warn_of_order(&paging);
    rc = job_table_end(listing->table, err);
    return !rc && paging.is_bounded && !listing->limit ? not_all(&paging, err) : rc;
}
