// SPDX-License-Identifier: Apache-2.0
// Pages of jobs, their number, in each state too, and their types.
#include "store/connection/values.h"
#include "store/reader/job_cursor.h"
#include "store/reader/job_list_query.h"
#include "store/reader/job_reader_private.h"
#include "store/reader/job_row_query.h"

enum { COUNT_MAX = 10000 };

static void reverse(struct viewed_job *jobs, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct viewed_job kept = jobs[i];

        jobs[i] = jobs[count - 1 - i];
        jobs[count - 1 - i] = kept;
    }
}

static int take_page(struct job_reader *reader, const struct job_page *page, int64_t as_of_us,
                     struct viewed_jobs *out, struct err *err)
{
    struct viewed_job *jobs = job_reader_array(reader, sizeof *jobs, err);
    size_t limit = job_list_query_limit(page);
    size_t count = 0;

    if (!jobs)
        return (int)err->disposition;
    for (int row = 0; row < PQntuples(reader->answer); row++)
        if (job_row_query_has_job(reader->answer, row))
            job_row_query_read(reader->answer, row, page->sort, as_of_us, &jobs[count++]);
    out->bounded = job_row_query_bounded(reader->answer);
    out->more = count > limit;
    out->count = out->more ? limit : count;
    out->jobs = jobs;
    if (page->backwards)
        reverse(jobs, out->count);
    return DONE;
}

int job_reader_list(struct job_reader *reader, const struct job_scope *scope,
                    const struct job_filter *filter, const struct job_page *page,
                    struct viewed_jobs *out, struct err *err)
{
    struct parameters *parameters =
        job_reader_question(reader, scope->organization_id, job_list_query_list(filter, page), err);
    int64_t as_of_us = job_cursor_as_of_us(page);
    int rc;

    *out = (struct viewed_jobs){0};
    if (!parameters)
        return (int)err->disposition;
    job_list_query_list_fill(parameters, scope, filter, page, as_of_us);
    rc = job_reader_ask(reader, err);
    return rc ? rc : take_page(reader, page, as_of_us, out, err);
}

static bool is_by_totals(const char *question)
{
    return !strcmp(question, "jobs_count_totals");
}

static bool is_among_newest(const char *question)
{
    return !strcmp(question, "jobs_count_among_newest");
}

static int ask_count(struct job_reader *reader, const struct job_scope *scope,
                     const struct job_filter *filter, struct job_total *out, struct err *err)
{
    const char *question = job_list_query_count(scope, filter);
    struct parameters *parameters =
        job_reader_question(reader, scope->organization_id, question, err);
    int rc;

    if (!parameters)
        return (int)err->disposition;
    job_list_query_count_fill(parameters, scope, filter);
    rc = job_reader_ask(reader, err);
    if (rc)
        return rc;
    *out = (struct job_total){.count = value_int8(reader->answer, 0, 0), .exact = true};
    // One that looked at the newest alone does not know of the others.
    out->none = !out->count && !is_among_newest(question);
    if (!is_among_newest(question) && !is_by_totals(question) && out->count > COUNT_MAX)
        *out = (struct job_total){.count = COUNT_MAX};
    return DONE;
}

// Looking for what is not there would walk all jobs in scope, to count them and to list them.
int job_reader_count(struct job_reader *reader, const struct job_scope *scope,
                     const struct job_filter *filter, struct job_total *out, struct err *err)
{
    const struct job_scope all = {.organization_id = scope->organization_id};
    struct job_filter kinds = job_filter_of_all();
    int rc = DONE;

    *out = (struct job_total){0};
    kinds.type_count = filter->type_count;
    kinds.statuses = filter->statuses;
    memcpy(kinds.types, filter->types, sizeof kinds.types);
    if ((filter->type_count || filter->statuses) &&
        !is_by_totals(job_list_query_count(scope, filter)))
        rc = ask_count(reader, &all, &kinds, out, err);
    return rc || out->none ? rc : ask_count(reader, scope, filter, out, err);
}

int job_reader_count_before(struct job_reader *reader, const struct job_scope *scope,
                            const struct job_filter *filter, const struct job_page *page,
                            int64_t *out, struct err *err)
{
    const char *question = job_list_query_before(filter, page);
    struct parameters *parameters;
    int rc;

    *out = -1;
    if (!question)
        return DONE;
    parameters = job_reader_question(reader, scope->organization_id, question, err);
    if (!parameters)
        return (int)err->disposition;
    job_list_query_before_fill(parameters, scope, filter, page);
    rc = job_reader_ask(reader, err);
    if (!rc && value_int8(reader->answer, 0, 0) <= COUNT_MAX)
        *out = value_int8(reader->answer, 0, 0);
    return rc;
}

int job_reader_state_counts(struct job_reader *reader, const struct job_scope *scope,
                            const struct job_filter *filter, const struct job_waits *waits,
                            struct job_counts *out, struct err *err)
{
    struct parameters *parameters = job_reader_question(
        reader, scope->organization_id, job_list_query_state_counts(scope, filter), err);
    int column = 0, rc;

    *out = (struct job_counts){0};
    if (!parameters)
        return (int)err->disposition;
    job_list_query_state_counts_fill(parameters, scope, filter, waits);
    rc = job_reader_ask(reader, err);
    if (rc)
        return rc;
    for (; column < JOB_STATUSES; column++)
        out->in_status[column] = value_int8(reader->answer, 0, column);
    out->bounded = value_bool(reader->answer, 0, column++);
    out->silent = value_int8(reader->answer, 0, column++);
    out->unanswered = value_int8(reader->answer, 0, column++);
    out->open_unknown = value_bool(reader->answer, 0, column++);
    out->overtaken =
        PQgetisnull(reader->answer, 0, column) ? -1 : value_int8(reader->answer, 0, column);
    return DONE;
}

int job_reader_types(struct job_reader *reader, const struct job_scope *scope, struct slice from,
                     size_t limit, const struct slice **out, size_t *count, struct err *err)
{
    bool own = scope->creator_id.data != NULL;
    struct parameters *parameters = job_reader_question(
        reader, scope->organization_id, own ? "job_types_created_by" : "job_types", err);
    struct slice *types;
    int rc;

    *out = NULL;
    *count = 0;
    if (!parameters)
        return (int)err->disposition;
    parameters_add_bytes(parameters, scope->organization_id);
    parameters_add_bytes(parameters, from);
    parameters_add_int8(parameters, (int64_t)limit);
    if (own)
        parameters_add_bytes(parameters, scope->creator_id);
    rc = job_reader_ask(reader, err);
    if (rc)
        return rc;
    types = job_reader_array(reader, sizeof *types, err);
    if (!types)
        return (int)err->disposition;
    *out = types;
    for (int row = 0; row < PQntuples(reader->answer); row++)
        types[(*count)++] = value_bytes(reader->answer, row, 0);
    return DONE;
}
