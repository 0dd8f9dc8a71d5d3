// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "client/error.h"
#include "client/telling.h"

// What every event of it will say must do.
static int check(const struct jobtrail_emitter *emitter, const char *job_id, int32_t attempt,
                 struct err *err)
{
    struct event event = {.kind = JOB_STARTED,
                          .attempt = attempt,
                          .occurred_at_us = clock_now_us(),
                          .organization_id = emitter->organization,
                          .job_id = slice_of(job_id)};
    struct arena arena; // nothing is cut

    arena_init(&arena);
    if (job_id && !utf8_is_text(event.job_id))
        return err_set(err, POISON, "INVALID_UTF8", "job_id is not UTF-8");
    return event_check(&event, TIME_NONE, &arena, err);
}

int jobtrail_job_open(struct jobtrail_emitter *emitter, const char *job_id, int32_t attempt,
                      struct jobtrail_job **out, struct jobtrail_error *error)
{
    struct jobtrail_job *job;
    struct err err;

    *out = NULL;
    if (!emitter_is_ours(emitter))
        return emitter_forked(error);
    if (check(emitter, job_id, attempt, &err))
        return error_pass(error, JOBTRAIL_REFUSED, &err);
    job = calloc(1, sizeof *job);
    if (!job)
        return error_no_memory(error);
    job->id = strdup(job_id);
    if (!job->id) {
        free(job);
        return error_no_memory(error);
    }
    job->emitter = emitter;
    job->attempt = attempt;
    job->holders = 1;
    buffer_init(&job->held);
    *out = job;
    return JOBTRAIL_OK;
}

void jobtrail_job_close(struct jobtrail_job *job)
{
    struct jobtrail_emitter *emitter;

    if (!job || !emitter_is_ours(job->emitter))
        return;
    emitter = job->emitter;
    pthread_mutex_lock(&emitter->lock);
    job_release(job);
    pthread_mutex_unlock(&emitter->lock);
}

int jobtrail_job_created(struct jobtrail_job *job, const char *type, const char *creator_id,
                         bool cancellable, const struct jobtrail_details *details,
                         struct jobtrail_error *error)
{
    const struct event event = {.kind = JOB_CREATED,
                                .type = slice_of(type),
                                .creator_id = slice_of(creator_id),
                                .cancellable = cancellable};

    return job_tell(job, &event, details, error);
}

int jobtrail_job_started(struct jobtrail_job *job, const struct jobtrail_details *details,
                         struct jobtrail_error *error)
{
    return job_tell(job, &(struct event){.kind = JOB_STARTED}, details, error);
}

int jobtrail_job_progressed(struct jobtrail_job *job, int32_t percent,
                            const struct jobtrail_details *details, struct jobtrail_error *error)
{
    return job_tell(job, &(struct event){.kind = JOB_PROGRESSED, .progress = percent}, details,
                    error);
}

int jobtrail_job_succeeded(struct jobtrail_job *job, const char *result_uri,
                           const struct jobtrail_details *details, struct jobtrail_error *error)
{
    return job_tell(job, &(struct event){.kind = JOB_SUCCEEDED, .result_uri = slice_of(result_uri)},
                    details, error);
}

int jobtrail_job_failed(struct jobtrail_job *job, const char *error_code, const char *error_detail,
                        const struct jobtrail_details *details, struct jobtrail_error *error)
{
    const struct event event = {.kind = JOB_FAILED,
                                .error_code = slice_of(error_code),
                                .error_detail = slice_of(error_detail)};

    return job_tell(job, &event, details, error);
}

int jobtrail_job_cancelled(struct jobtrail_job *job, const char *command_id,
                           const struct jobtrail_details *details, struct jobtrail_error *error)
{
    struct event event = {.kind = JOB_CANCELLED, .has_command = command_id != NULL};

    if (command_id && !uuid_parse(slice_of(command_id), &event.command_id))
        return error_tell(error, JOBTRAIL_REFUSED, "INVALID_UUID", "command_id is no UUID");
    return job_tell(job, &event, details, error);
}
