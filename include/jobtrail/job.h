// SPDX-License-Identifier: Apache-2.0
// One attempt of a job, and what is told of it. See jobtrail/emitter.h for queue, threads and fork.
//
// Each call that tells something returns JOBTRAIL_OK; JOBTRAIL_HELD (a tick alone); JOBTRAIL_FULL;
// JOBTRAIL_REFUSED, when the service would keep the event as a dead letter, with the reason that it
// would have; JOBTRAIL_NO_MEMORY; JOBTRAIL_SPOOL, when it could not be brought to the disk as
// spool.sync wants it; JOBTRAIL_FORKED. Below 0 nothing was told, and the call can be repeated.
//
// Texts are UTF-8 and end with a NUL; they are copied. details and error may be NULL.
#ifndef JOBTRAIL_JOB_H
#define JOBTRAIL_JOB_H

#include <stdbool.h>

#include <jobtrail/emitter.h>

#ifdef __cplusplus
extern "C" {
#endif

struct jobtrail_job;

// What may be said with every event. Begin with JOBTRAIL_DETAILS_INIT.
struct jobtrail_details {
    size_t size;            // of the struct, by which later versions know what there is
    const char *message;    // a brief one for people; what is longer than 4 KiB is cut; NULL: none
    int64_t occurred_at_us; // microseconds since 1970 in UTC, from 2000 to a day ahead; 0: now, and
                            // later than the job's event before, even if the clock was set back
    const char *event_id;   // a UUID that is the same whenever this event is told; NULL: as the
                            // setting event.ids says
    const char *traceparent; // as W3C writes it; NULL: none
};
#define JOBTRAIL_DETAILS_INIT                                                                      \
    {                                                                                              \
        sizeof(struct jobtrail_details), 0, 0, 0, 0                                                \
    }

// A job that this program runs: new, or to go on with. job_id: 1 to 255 bytes. attempt: 1 to
// 10,000; a retry is a higher one. Tells nothing. JOBTRAIL_REFUSED, JOBTRAIL_NO_MEMORY,
// JOBTRAIL_FORKED; *job is NULL then.
JOBTRAIL_API int jobtrail_job_open(struct jobtrail_emitter *emitter, const char *job_id,
                                   int32_t attempt, struct jobtrail_job **job,
                                   struct jobtrail_error *error);
// Frees the handle; what was told is sent. Accepts NULL.
JOBTRAIL_API void jobtrail_job_close(struct jobtrail_job *job);

// It is there. type: 1 to 128 bytes. creator_id: the member who started it, 1 to 255 bytes, who
// alone can have it stopped; NULL: nobody's.
JOBTRAIL_API int jobtrail_job_created(struct jobtrail_job *job, const char *type,
                                      const char *creator_id, bool cancellable,
                                      const struct jobtrail_details *details,
                                      struct jobtrail_error *error);
// It runs.
JOBTRAIL_API int jobtrail_job_started(struct jobtrail_job *job,
                                      const struct jobtrail_details *details,
                                      struct jobtrail_error *error);
// A tick. percent: 0 to 100; the same again is a sign of life.
JOBTRAIL_API int jobtrail_job_progressed(struct jobtrail_job *job, int32_t percent,
                                         const struct jobtrail_details *details,
                                         struct jobtrail_error *error);
// It has ended well. result_uri: http or https, at most 2,048 bytes; NULL: none.
JOBTRAIL_API int jobtrail_job_succeeded(struct jobtrail_job *job, const char *result_uri,
                                        const struct jobtrail_details *details,
                                        struct jobtrail_error *error);
// It has ended badly. error_code: at most 128 bytes. error_detail: the long text; what is longer
// than 64 KiB is cut. NULL: none.
JOBTRAIL_API int jobtrail_job_failed(struct jobtrail_job *job, const char *error_code,
                                     const char *error_detail,
                                     const struct jobtrail_details *details,
                                     struct jobtrail_error *error);
// It has stopped. command_id: that of the command it obeys, a UUID; NULL: none.
JOBTRAIL_API int jobtrail_job_cancelled(struct jobtrail_job *job, const char *command_id,
                                        const struct jobtrail_details *details,
                                        struct jobtrail_error *error);

#ifdef __cplusplus
}
#endif

#endif
