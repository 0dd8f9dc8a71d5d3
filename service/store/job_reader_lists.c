// SPDX-License-Identifier: Apache-2.0
// Pages of jobs, their number, and their types.
#include "store/job_answer.h"
#include "store/job_question.h"
#include "store/job_reader_state.h"
#include "store/link.h"

enum { COUNT_MAX = 10000 };

static void reverse(struct viewed_job *jobs, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct viewed_job kept = jobs[i];

        jobs[i] = jobs[count - 1 - i];
        jobs[count - 1 - i] = kept;
    }
}

static int take_page(struct job_reader *reader, const struct job_page *page,
                     struct viewed_jobs *out, struct err *err)
{
    struct viewed_job *jobs = job_reader_array(reader, sizeof *jobs, err);
    size_t limit = job_question_limit(page);
    size_t count = 0;

    if (!jobs)
        return (int)err->disposition;
    for (int row = 0; row < PQntuples(reader->answer); row++)
        if (job_answer_has_job(reader->answer, row))
            job_answer_read(reader->answer, row, page->sort, &jobs[count++]);
    out->bounded = job_answer_bounded(reader->answer);
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
        job_reader_question(reader, scope->organization_id, job_question_list(filter, page), err);
    int rc;

    *out = (struct viewed_jobs){0};
    if (!parameters)
        return (int)err->disposition;
    job_question_list_fill(parameters, scope, filter, page);
    rc = job_reader_ask(reader, err);
    return rc ? rc : take_page(reader, page, out, err);
}

int job_reader_count(struct job_reader *reader, const struct job_scope *scope,
                     const struct job_filter *filter, struct job_total *out, struct err *err)
{
    const char *question = job_question_count(scope, filter);
    struct parameters *parameters =
        job_reader_question(reader, scope->organization_id, question, err);
    int rc;

    *out = (struct job_total){0};
    if (!parameters)
        return (int)err->disposition;
    job_question_count_fill(parameters, scope, filter);
    rc = job_reader_ask(reader, err);
    if (rc)
        return rc;
    *out = (struct job_total){link_int8(reader->answer, 0, 0), true};
    if (!strcmp(question, "jobs_count_matching") && out->count > COUNT_MAX)
        *out = (struct job_total){COUNT_MAX, false};
    return DONE;
}

int job_reader_types(struct job_reader *reader, const struct job_scope *scope,
                     const struct slice **out, size_t *count, struct err *err)
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
        types[(*count)++] = link_bytes(reader->answer, row, 0);
    return DONE;
}
