// SPDX-License-Identifier: Apache-2.0
// A worker that tells Jobtrail of its jobs. Each line of its input is one: its id, its type and who
// wants it. What stands between the marks is what your worker does instead.
//
//   cc worker.c $(pkg-config --cflags --libs jobtrail) -o worker
//   printf 'load-7 Load ada\n' | ./worker kafka-1.internal:9092 acme /var/spool/worker/jobtrail
#include <stdio.h>
#include <stdlib.h>

#include <jobtrail/jobtrail.h>

enum { ROOM_MS = 60000, END_MS = 30000, STEPS = 10 };

static void say(void *self, enum jobtrail_level level, const char *text)
{
    (void)self;
    if (level >= JOBTRAIL_LEVEL_WARN)
        fprintf(stderr, "worker: %s\n", text);
}

// Whether a call has to be made again, since there was no room and now there is. What else it
// refused is said: the work goes on without.
static bool again(struct jobtrail_emitter *emitter, int code, struct jobtrail_error *error)
{
    if (code >= JOBTRAIL_OK)
        return false;
    if (code == JOBTRAIL_FULL && !jobtrail_emitter_wait(emitter, ROOM_MS, error))
        return true;
    fprintf(stderr, "worker: not told: %s\n", error->text);
    return false;
}

static struct jobtrail_emitter *open_emitter(char **arguments)
{
    const char *const settings[][2] = {{"kafka.bootstrap.servers", arguments[1]},
                                       {"organization", arguments[2]},
                                       {"spool.file", arguments[3]}};
    struct jobtrail_settings *all = jobtrail_settings_new();
    struct jobtrail_emitter *emitter = NULL;
    struct jobtrail_error error = {0, "", "out of memory"};
    const char *topic = getenv("WORKER_TOPIC");
    int code = all ? JOBTRAIL_OK : JOBTRAIL_NO_MEMORY;

    for (size_t i = 0; !code && i < sizeof settings / sizeof *settings; i++)
        code = jobtrail_settings_set(all, settings[i][0], settings[i][1], &error);
    if (!code && topic)
        code = jobtrail_settings_set(all, "topic.events", topic, &error);
    if (!code) {
        jobtrail_settings_log(all, say, NULL);
        code = jobtrail_emitter_new(all, NULL, NULL, NULL, &emitter, &error);
    }
    jobtrail_settings_free(all);
    if (code)
        fprintf(stderr, "worker: %s\n", error.text);
    return emitter;
}

static void work(struct jobtrail_emitter *emitter, const char *id, const char *type,
                 const char *creator)
{
    struct jobtrail_details details = JOBTRAIL_DETAILS_INIT;
    struct jobtrail_error error;
    struct jobtrail_job *job;
    char message[64];

    if (jobtrail_job_open(emitter, id, 1, &job, &error)) {
        fprintf(stderr, "worker: %s\n", error.text);
        return;
    }
    while (again(emitter, jobtrail_job_created(job, type, creator, true, NULL, &error), &error))
        ;
    while (again(emitter, jobtrail_job_started(job, NULL, &error), &error))
        ;
    for (int step = 1; step <= STEPS; step++) {
        // ---- the work
        snprintf(message, sizeof message, "step %d of %d", step, STEPS);
        // ----
        details.message = message;
        if (jobtrail_job_progressed(job, 100 * step / STEPS, &details, &error) < JOBTRAIL_OK)
            fprintf(stderr, "worker: not told: %s\n", error.text); // the next tick says more
    }
    while (again(emitter, jobtrail_job_succeeded(job, NULL, NULL, &error), &error))
        ;
    jobtrail_job_close(job);
}

int main(int argc, char **argv)
{
    char id[256], type[129], creator[256];
    struct jobtrail_emitter *emitter;
    struct jobtrail_error error;

    if (argc != 4) {
        fprintf(stderr, "usage: worker BROKERS ORGANIZATION SPOOL-FILE\n");
        return 2;
    }
    emitter = open_emitter(argv);
    if (!emitter)
        return 1;
    while (scanf("%255s %128s %255s", id, type, creator) == 3)
        work(emitter, id, type, creator);
    if (jobtrail_emitter_close(emitter, END_MS, &error)) {
        fprintf(stderr, "worker: %s; what is left stays in %s\n", error.text, argv[3]);
        return 1;
    }
    return 0;
}
