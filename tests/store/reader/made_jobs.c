// SPDX-License-Identifier: Apache-2.0
#include "store/reader/made_jobs.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/reader/reader_kit.h"

enum { SCATTERED = 7 };

#define BASE_US INT64_C(1700000000123456)

static struct slice pick(struct dice *dice, const char *const *texts, size_t count)
{
    return slice_of(texts[dice_below(dice, count)]);
}
#define PICK(dice, ...)                                                                            \
    pick(dice, (const char *const[]){__VA_ARGS__},                                                 \
         sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

// Few moments, so that many jobs share one.
static int64_t some_time(struct dice *dice)
{
    return BASE_US + (int64_t)dice_below(dice, 8) * 1000001;
}

static void make_message(struct made_jobs *jobs, size_t i)
{
    char *out = jobs->messages[i];
    size_t size = sizeof jobs->messages[i];
    unsigned number = (unsigned)dice_below(&jobs->dice, 4);

    switch (dice_below(&jobs->dice, 5)) {
    case 0:
        jobs->rows[i].columns.message = SLICE_NULL;
        return;
    case 1:
        snprintf(out, size, "Done: %u0%%", number);
        break;
    case 2:
        snprintf(out, size, "C:\\tiles_%u'; --", number);
        break;
    case 3: // differs only behind what is a key
        memset(out, 0, size);
        for (size_t at = 0; at < 200; at += 2)
            memcpy(out + at, "é", 2);
        snprintf(out + 200, size - 200, "%u", number);
        break;
    default:
        snprintf(out, size, "Half Way %u", number);
    }
    jobs->rows[i].columns.message = slice_of(out);
}

static void make_end(struct made_jobs *jobs, struct job_columns *columns)
{
    columns->finished_at_us =
        columns->status < STATUS_SUCCESSFUL ? TIME_NONE : some_time(&jobs->dice);
    columns->updated_at_us = some_time(&jobs->dice);
    if (columns->finished_at_us != TIME_NONE && columns->finished_at_us > columns->updated_at_us)
        columns->updated_at_us = columns->finished_at_us;
}

static void make_job(struct made_jobs *jobs, size_t i)
{
    struct dice *dice = &jobs->dice;
    struct row_write *row = &jobs->rows[i];
    // Two jobs of one id, now and then, each in its organisation.
    bool is_twin = i % 5 == 1;

    snprintf(jobs->ids[i], sizeof jobs->ids[i], "Job-%04zu%s", is_twin ? i - 1 : i,
             (is_twin ? i - 1 : i) % 3 ? "_x" : "%");
    *row = harness_row(is_twin                                ? "other"
                       : i % 5 == 0 || dice_percent(dice, 80) ? "acme"
                                                              : "other",
                       jobs->ids[i], (int64_t)i + 1);
    row->columns.status = (enum job_status)dice_below(dice, JOB_STATUSES);
    row->columns.progress = dice_percent(dice, 20) ? PROGRESS_NONE : (int32_t)dice_below(dice, 5);
    row->columns.created_at_us = some_time(dice);
    row->columns.type = PICK(dice, "Load", "Analyze", "Seed", "seed");
    row->columns.creator_id = PICK(dice, "ada", "bob", "eve", NULL);
    // Now and then later than the end, by another clock.
    row->columns.started_at_us =
        dice_percent(dice, 30) ? TIME_NONE
                               : some_time(dice) - (dice_percent(dice, 80) ? 20000000 : -20000000);
    if (dice_percent(dice, 10)) {
        row->columns.created_at_us = TIME_NONE;
        row->columns.type = row->columns.creator_id = SLICE_NULL;
    }
    make_message(jobs, i);
    make_end(jobs, &row->columns);
}

// From scratch, as a recount would have them.
static void write_totals(struct harness *harness)
{
    harness_run(harness->side, "DELETE FROM jobtrail_p1.job_count");
    harness_run(harness->side,
                "INSERT INTO jobtrail_p1.job_count (n, shard, status, organization_id, type)"
                " SELECT count(*), 0, status, organization_id, coalesce(type, '')"
                " FROM jobtrail_p1.job GROUP BY 3, 4, 5");
}

// So that rows do not lie in the order of their ids, which would hide a sort that forgets them.
static void write_scattered(struct harness *harness, const struct made_jobs *jobs)
{
    for (size_t first = SCATTERED; first-- > 0;) {
        struct row_write some[MADE_JOBS_MAX / SCATTERED + 1];
        size_t count = 0;

        for (size_t i = first; i < jobs->count; i += SCATTERED)
            some[count++] = jobs->rows[i];
        harness_written(harness->store, &(struct batch_write){.rows = some, .row_count = count});
    }
}

void made_jobs_write(struct harness *harness, struct made_jobs *jobs, uint64_t seed, size_t count)
{
    assert_true(count <= MADE_JOBS_MAX);
    jobs->dice = dice_from(seed);
    jobs->count = count;
    for (size_t i = 0; i < count; i++)
        make_job(jobs, i);
    write_scattered(harness, jobs);
    write_totals(harness);
}

void made_jobs_go_on(struct harness *harness, struct made_jobs *jobs)
{
    static struct row_write changed[MADE_JOBS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < jobs->count; i++) {
        struct row_write *row = &jobs->rows[i];

        if (row->columns.status >= STATUS_SUCCESSFUL || dice_percent(&jobs->dice, 50))
            continue;
        row->columns.status = dice_percent(&jobs->dice, 20) ? STATUS_FAILED : STATUS_RUNNING;
        row->columns.progress = (int32_t)dice_below(&jobs->dice, 100);
        make_message(jobs, i);
        make_end(jobs, &row->columns);
        row->is_known = true;
        row->base_revision = row->revision++;
        changed[count++] = *row;
    }
    harness_written(harness->store, &(struct batch_write){.rows = changed, .row_count = count});
    write_totals(harness);
}

// ---- the naive list

static bool contains(struct slice text, struct slice words)
{
    for (size_t at = 0; text.data && at + words.size <= text.size; at++) {
        size_t same = 0;

        while (same < words.size && tolower((unsigned char)text.data[at + same]) ==
                                        tolower((unsigned char)words.data[same]))
            same++;
        if (same == words.size)
            return true;
    }
    return false;
}

static bool is_wanted_type(const struct job_filter *filter, struct slice type)
{
    for (size_t i = 0; i < filter->type_count; i++)
        if (slice_equal(filter->types[i], type))
            return true;
    return !filter->type_count;
}

// -1: it has not started. What runs does since 2023: longer than all that ended, whenever it is
// asked.
static int64_t lasted_us(const struct job_columns *job)
{
    int64_t end_us =
        job->finished_at_us == TIME_NONE ? INT64_C(1800000000000000) : job->finished_at_us;

    if (job->started_at_us == TIME_NONE)
        return -1;
    return end_us < job->started_at_us ? 0 : end_us - job->started_at_us;
}

static bool lasts(const struct job_filter *filter, const struct job_columns *job)
{
    int64_t duration_us = lasted_us(job);

    if (filter->min_duration_s < 0 && filter->max_duration_s < 0)
        return true;
    return duration_us >= 0 &&
           (filter->min_duration_s < 0 || duration_us >= filter->min_duration_s * US_PER_SECOND) &&
           (filter->max_duration_s < 0 || duration_us <= filter->max_duration_s * US_PER_SECOND);
}

static bool was_within(const struct job_span *span, int64_t time_us)
{
    bool from = span->from_us != TIME_NONE, to = span->to_us != TIME_NONE;

    if (!from && !to)
        return true;
    return time_us != TIME_NONE && (!from || time_us >= span->from_us) &&
           (!to || time_us <= span->to_us);
}

static bool has_its_moments(const struct job_filter *filter, const struct job_columns *job)
{
    return was_within(&filter->moments[MOMENT_CREATED], job->created_at_us) &&
           was_within(&filter->moments[MOMENT_STARTED], job->started_at_us) &&
           was_within(&filter->moments[MOMENT_FINISHED], job->finished_at_us) &&
           was_within(&filter->moments[MOMENT_UPDATED], job->updated_at_us);
}

static bool matches(const struct job_scope *scope, const struct job_filter *filter,
                    const struct job_columns *job)
{
    return slice_equal(job->key.organization_id, scope->organization_id) &&
           (!scope->creator_id.data || slice_equal(job->creator_id, scope->creator_id)) &&
           is_wanted_type(filter, job->type) &&
           (!filter->statuses || filter->statuses & 1U << job->status) &&
           (!filter->creator_id.data || slice_equal(job->creator_id, filter->creator_id)) &&
           has_its_moments(filter, job) && lasts(filter, job) &&
           (!filter->text.data || contains(job->key.job_id, filter->text) ||
            contains(job->message, filter->text) || contains(job->type, filter->text) ||
            (!scope->creator_id.data && contains(job->creator_id, filter->text)));
}

static int64_t last_of_all(int64_t time_us)
{
    return time_us == TIME_NONE ? INT64_MAX : time_us;
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_texts(struct slice a, struct slice b, size_t bytes)
{
    if (!a.data)
        a = SLICE_LITERAL("");
    if (!b.data)
        b = SLICE_LITERAL("");
    if (a.size > bytes)
        a.size = bytes;
    if (b.size > bytes)
        b.size = bytes;
    return slice_compare(a, b);
}

static int compare_keys(const struct job_columns *a, const struct job_columns *b,
                        enum job_sort sort)
{
    switch (sort) {
    case SORT_CREATED:
        return compare_numbers(last_of_all(a->created_at_us), last_of_all(b->created_at_us));
    case SORT_UPDATED:
        return compare_numbers(
            a->finished_at_us == TIME_NONE ? a->updated_at_us : a->finished_at_us,
            b->finished_at_us == TIME_NONE ? b->updated_at_us : b->finished_at_us);
    case SORT_TYPE:
        return compare_texts(a->type, b->type, SIZE_MAX);
    case SORT_MESSAGE: // made messages of more than 100 characters have two bytes for each
        return compare_texts(a->message, b->message, 200);
    case SORT_STATUS:
        return compare_numbers((int64_t)a->status, (int64_t)b->status);
    case SORT_PROGRESS:
        return compare_numbers(a->progress, b->progress);
    case SORT_STARTED:
        return compare_numbers(last_of_all(a->started_at_us), last_of_all(b->started_at_us));
    case SORT_FINISHED:
        return compare_numbers(last_of_all(a->finished_at_us), last_of_all(b->finished_at_us));
    case SORT_DURATION:
        return compare_numbers(lasted_us(a), lasted_us(b));
    case SORT_CREATOR:
        return compare_texts(a->creator_id, b->creator_id, SIZE_MAX);
    case SORT_ID:
    case JOB_SORTS:
        break;
    }
    return 0;
}

static bool comes_before(const struct job_columns *a, const struct job_columns *b,
                         const struct job_page *page)
{
    int order = compare_keys(a, b, page->sort);

    if (!order)
        order = slice_compare(a->key.job_id, b->key.job_id);
    return page->descending ? order > 0 : order < 0;
}

size_t naive_list(const struct made_jobs *jobs, const struct job_scope *scope,
                  const struct job_filter *filter, const struct job_page *page,
                  size_t out[MADE_JOBS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < jobs->count; i++) {
        size_t at = count;

        if (!matches(scope, filter, &jobs->rows[i].columns))
            continue;
        for (; at && comes_before(&jobs->rows[i].columns, &jobs->rows[out[at - 1]].columns, page);
             at--)
            out[at] = out[at - 1];
        out[at] = i;
        count++;
    }
    return count;
}

struct job_scope made_scope(struct dice *dice)
{
    return scope_of(dice_percent(dice, 90) ? "acme" : "other",
                    dice_percent(dice, 30) ? "ada" : NULL);
}

static int64_t some_bound(struct dice *dice)
{
    return INT64_C(1700000000123456) + (int64_t)dice_below(dice, 8) * 1000001;
}

struct job_filter made_filter(struct dice *dice)
{
    static const char *const types[] = {"Load", "seed", "Analyze", "none of these"};
    static const char *const texts[] = {"%", "_",  "\\", "job-", "HALF", "'; --",
                                        "",  "é1", "no", "AD",   "seed"};
    struct job_filter filter = no_filter();

    if (dice_percent(dice, 40))
        filter.type_count = dice_between(dice, 1, 3);
    for (size_t i = 0; i < filter.type_count; i++)
        filter.types[i] = slice_of(types[dice_below(dice, 4)]);
    if (dice_percent(dice, 40))
        filter.statuses = (unsigned)dice_between(dice, 1, 31);
    for (size_t i = 0; i < JOB_MOMENTS; i++) {
        // Starts are scattered around the other moments.
        int64_t shift_us = i != MOMENT_STARTED ? 0 : dice_percent(dice, 80) ? -20000000 : 20000000;

        if (dice_percent(dice, i == MOMENT_CREATED ? 20 : 8))
            filter.moments[i].from_us = some_bound(dice) + shift_us;
        if (dice_percent(dice, i == MOMENT_CREATED ? 20 : 8))
            filter.moments[i].to_us = some_bound(dice) + shift_us;
    }
    if (dice_percent(dice, 10))
        filter.min_duration_s = (int64_t)dice_below(dice, 40);
    if (dice_percent(dice, 10))
        filter.max_duration_s = (int64_t)dice_below(dice, 40);
    if (dice_percent(dice, 20))
        filter.creator_id = slice_of(dice_percent(dice, 50) ? "ada" : "bob");
    if (dice_percent(dice, 25))
        filter.text = slice_of(texts[dice_below(dice, 11)]);
    return filter;
}
