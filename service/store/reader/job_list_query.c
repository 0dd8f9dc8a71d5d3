// SPDX-License-Identifier: Apache-2.0
#include "store/reader/job_list_query.h"

#include "store/connection/arrays.h"
#include "store/reader/job_cursor.h"
#include "store/reader/job_sort.h"

enum {
    PAGE_MAX = 1000,
    ALL_STATUSES = (1 << JOB_STATUSES) - 1,
};
// Longer than anything lasts, and short enough for PostgreSQL's interval.
#define SECONDS_MAX INT64_C(1000000000000)

struct job_filter job_filter_of_all(void)
{
    struct job_filter filter = {.min_duration_s = -1, .max_duration_s = -1};

    for (size_t i = 0; i < JOB_MOMENTS; i++)
        filter.moments[i] = (struct job_span){TIME_NONE, TIME_NONE};
    return filter;
}

bool job_list_query_is_bounded(const struct job_filter *filter, const struct job_page *page)
{
    return filter->text.data || !job_sort_key(page->sort)->query_up;
}

// The way the query goes, which is against the order asked for on the way back.
static bool goes_down(const struct job_page *page)
{
    return page->descending != page->backwards;
}

const char *job_list_query_list(const struct job_filter *filter, const struct job_page *page)
{
    const struct job_sort_key *key = job_sort_key(page->sort);

    if (job_list_query_is_bounded(filter, page))
        return goes_down(page) ? "jobs_among_newest_desc" : "jobs_among_newest_asc";
    return goes_down(page) ? key->query_down : key->query_up;
}

static void add_types(struct parameters *out, const struct job_filter *filter)
{
    struct buffer *types;

    if (!filter->type_count) {
        parameters_add_bytes(out, SLICE_NULL);
        return;
    }
    types = parameters_next(out);
    array_begin(types, ARRAY_TEXT, filter->type_count);
    for (size_t i = 0; i < filter->type_count; i++)
        array_bytes(types, filter->types[i]);
}

static void add_statuses(struct parameters *out, const struct job_filter *filter)
{
    unsigned wanted = filter->statuses & ALL_STATUSES;
    struct buffer *statuses;

    if (!filter->statuses) {
        parameters_add_bytes(out, SLICE_NULL);
        return;
    }
    statuses = parameters_next(out);
    array_begin(statuses, ARRAY_INT2, (size_t)__builtin_popcount(wanted));
    for (int status = 0; status < JOB_STATUSES; status++)
        if (wanted & 1U << status)
            array_int2(statuses, (int16_t)status);
}

static void add_seconds(struct parameters *out, int64_t seconds)
{
    if (seconds < 0)
        parameters_add_bytes(out, SLICE_NULL);
    else
        parameters_add_int8(out, seconds < SECONDS_MAX ? seconds : SECONDS_MAX);
}

static void add_time(struct parameters *out, int64_t time_us)
{
    if (time_us == TIME_NONE)
        parameters_add_bytes(out, SLICE_NULL);
    else
        parameters_add_int8(out, job_cursor_postgres_time(time_us));
}

static void add_scope_and_filter(struct parameters *out, const struct job_scope *scope,
                                 const struct job_filter *filter)
{
    // Whose jobs are asked for is as good as a scope: it is what finds them. Asked for twice, it
    // would be taken for twice as rare.
    bool same = slice_equal(scope->creator_id, filter->creator_id) || !scope->creator_id.data;

    parameters_add_bytes(out, scope->organization_id);
    parameters_add_bytes(out, same ? filter->creator_id : scope->creator_id);
    add_types(out, filter);
    add_statuses(out, filter);
    parameters_add_bytes(out, same ? SLICE_NULL : filter->creator_id);
    for (size_t i = 0; i < JOB_MOMENTS; i++) {
        add_time(out, filter->moments[i].from_us);
        add_time(out, filter->moments[i].to_us);
    }
    add_seconds(out, filter->min_duration_s);
    add_seconds(out, filter->max_duration_s);
    parameters_add_bytes(out, filter->text);
    // Within one's own jobs the creator is no news.
    parameters_add_bytes(out, (struct slice){scope->creator_id.data ? "\0" : "\1", 1});
}

size_t job_list_query_limit(const struct job_page *page)
{
    if (page->limit < 1)
        return 1;
    return page->limit < PAGE_MAX ? page->limit : PAGE_MAX;
}

void job_list_query_list_fill(struct parameters *out, const struct job_scope *scope,
                              const struct job_filter *filter, const struct job_page *page,
                              int64_t as_of_us)
{
    add_scope_and_filter(out, scope, filter);
    parameters_add_int8(out, (int64_t)job_list_query_limit(page) + 1);
    if (job_list_query_is_bounded(filter, page))
        job_cursor_add_bounded(out, page, as_of_us);
    else
        job_cursor_add(out, page->sort, &page->after);
}

static bool has_span(const struct job_filter *filter)
{
    for (size_t i = 0; i < JOB_MOMENTS; i++)
        if (filter->moments[i].from_us != TIME_NONE || filter->moments[i].to_us != TIME_NONE)
            return true;
    return false;
}

static bool totals_can_tell(const struct job_scope *scope, const struct job_filter *filter)
{
    return !scope->creator_id.data && !filter->creator_id.data && !filter->text.data &&
           !has_span(filter) && filter->min_duration_s < 0 && filter->max_duration_s < 0;
}

const char *job_list_query_count(const struct job_scope *scope, const struct job_filter *filter)
{
    if (totals_can_tell(scope, filter))
        return "jobs_count_totals";
    return filter->text.data ? "jobs_count_among_newest" : "jobs_count_matching";
}

void job_list_query_count_fill(struct parameters *out, const struct job_scope *scope,
                               const struct job_filter *filter)
{
    if (!totals_can_tell(scope, filter)) {
        add_scope_and_filter(out, scope, filter);
        return;
    }
    parameters_add_bytes(out, scope->organization_id);
    add_types(out, filter);
    add_statuses(out, filter);
}

const char *job_list_query_before(const struct job_filter *filter, const struct job_page *page)
{
    if (!page->after.known || page->sort != SORT_CREATED || filter->text.data)
        return NULL;
    return page->descending ? "jobs_before_created_asc" : "jobs_before_created_desc";
}

void job_list_query_before_fill(struct parameters *out, const struct job_scope *scope,
                                const struct job_filter *filter, const struct job_page *page)
{
    add_scope_and_filter(out, scope, filter);
    job_cursor_add(out, page->sort, &page->after);
    // The cursor is the last job of the page before, or the first one of the page behind.
    parameters_add_bytes(out, (struct slice){page->backwards ? "\0" : "\1", 1});
}

void job_list_query_timeline_fill(struct parameters *out, const struct job_scope *scope,
                                  const struct job_filter *filter, const struct job_period *period)
{
    add_scope_and_filter(out, scope, filter);
    add_time(out, period->from_us);
    add_time(out, period->to_us);
    parameters_add_int8(out, period->step_s);
}

const char *job_list_query_state_counts(const struct job_scope *scope,
                                        const struct job_filter *filter)
{
    return totals_can_tell(scope, filter) ? "jobs_state_counts_totals"
                                          : "jobs_state_counts_among_newest";
}

void job_list_query_state_counts_fill(struct parameters *out, const struct job_scope *scope,
                                      const struct job_filter *filter,
                                      const struct job_waits *waits)
{
    struct buffer *array;

    job_list_query_count_fill(out, scope, filter);
    parameters_add_int8(out, time_to_postgres(waits->now_us));
    parameters_add_int8(out, waits->after_us);
    array = parameters_next(out);
    array_begin(array, ARRAY_TEXT, waits->type_count);
    for (size_t i = 0; i < waits->type_count; i++)
        array_bytes(array, waits->types[i]);
    array = parameters_next(out);
    array_begin(array, ARRAY_INT8, waits->type_count);
    for (size_t i = 0; i < waits->type_count; i++)
        array_int8(array, waits->after_us_of[i]);
}
