// SPDX-License-Identifier: Apache-2.0
// A job that tells how far it is, and that the member who started it can stop. What stands between
// the marks is what your job does instead.
//
//   cc cancellable_job.c $(pkg-config --cflags --libs jobtrail) -o cancellable_job
//   ./cancellable_job kafka-1.internal:9092 acme load-7 ada
//
// Ends with 0 when the work is done, with 3 when it was stopped.
#include <stdio.h>
#include <stdlib.h>

#include <jobtrail/jobtrail.h>

enum { ROOM_MS = 60000, END_MS = 30000, STEPS = 100, STOPPED = 3 };

struct job {
    struct jobtrail_emitter *emitter;
    struct jobtrail_commands *commands;
    struct jobtrail_job *told; // what is told of it
    char command_id[37];       // of the command to stop; "": none came
};

static void say(void *self, enum jobtrail_level level, const char *text)
{
    (void)self;
    if (level >= JOBTRAIL_LEVEL_WARN)
        fprintf(stderr, "job: %s\n", text);
}

static struct jobtrail_settings *make_settings(char **arguments)
{
    const char *const said[][2] = {{"kafka.bootstrap.servers", arguments[1]},
                                   {"organization", arguments[2]},
                                   {"topic.events", getenv("JOB_EVENTS")},
                                   {"topic.commands", getenv("JOB_COMMANDS")}};
    struct jobtrail_settings *settings = jobtrail_settings_new();
    struct jobtrail_error error;

    for (size_t i = 0; settings && i < sizeof said / sizeof *said; i++)
        if (said[i][1] && jobtrail_settings_set(settings, said[i][0], said[i][1], &error)) {
            fprintf(stderr, "job: %s\n", error.text);
            jobtrail_settings_free(settings);
            return NULL;
        }
    if (settings)
        jobtrail_settings_log(settings, say, NULL);
    return settings;
}

// It listens before it is told of: then no command can be missed.
static int begin(struct job *job, struct jobtrail_settings *settings, char **arguments,
                 struct jobtrail_error *error)
{
    int code = jobtrail_commands_new(settings, &job->commands, error);

    if (!code)
        code = jobtrail_commands_add(job->commands, arguments[3], 1, job, error);
    if (!code)
        code = jobtrail_emitter_new(settings, NULL, NULL, NULL, &job->emitter, error);
    if (!code)
        code = jobtrail_job_open(job->emitter, arguments[3], 1, &job->told, error);
    if (!code)
        code = jobtrail_job_created(job->told, "Load", arguments[4], true, NULL, error);
    if (!code)
        code = jobtrail_job_started(job->told, NULL, error);
    return code;
}

// Called for each command of a job that was added: the tag says which.
static void on_command(void *self, const struct jobtrail_command *command)
{
    struct job *job = command->tag;

    (void)self;
    snprintf(job->command_id, sizeof job->command_id, "%s", command->command_id);
    printf("%s wants it stopped%s%s\n", command->requester_id, command->reason ? ": " : "",
           command->reason ? command->reason : "");
}

// Whether it was done: false once a command came.
static bool work(struct job *job, int step_ms)
{
    struct jobtrail_error error;

    for (int step = 1; step <= STEPS; step++) {
        // ---- a step of the work; here it only waits, and a command ends the wait
        jobtrail_commands_dispatch(job->commands, step_ms, on_command, NULL);
        // ---- a step that computes asks with a wait of 0 when it is done
        if (*job->command_id)
            return false;
        if (jobtrail_job_progressed(job->told, step * 100 / STEPS, NULL, &error) < JOBTRAIL_OK)
            fprintf(stderr, "job: not told: %s\n", error.text); // the next tick says more
    }
    return true;
}

// The answer has the command's id: so whoever asked is told that it was obeyed. It must not be
// lost: where there is no room it waits for some.
static int end(struct job *job, bool is_done, struct jobtrail_error *error)
{
    int code;

    do {
        code = is_done ? jobtrail_job_succeeded(job->told, NULL, NULL, error)
                       : jobtrail_job_cancelled(job->told, job->command_id, NULL, error);
    } while (code == JOBTRAIL_FULL && !jobtrail_emitter_wait(job->emitter, ROOM_MS, error));
    return code < JOBTRAIL_OK ? code : JOBTRAIL_OK;
}

static int run(struct job *job, char **arguments, int step_ms)
{
    struct jobtrail_settings *settings = make_settings(arguments);
    struct jobtrail_error error = {0, "", "out of memory"};
    bool is_done = false;
    int code = JOBTRAIL_NO_MEMORY;

    if (settings)
        code = begin(job, settings, arguments, &error);
    if (!code) {
        is_done = work(job, step_ms);
        code = end(job, is_done, &error);
    }
    if (code)
        fprintf(stderr, "job: %s\n", error.text);
    jobtrail_job_close(job->told);
    if (jobtrail_emitter_close(job->emitter, END_MS, &error)) {
        fprintf(stderr, "job: not all is told: %s\n", error.text);
        code = JOBTRAIL_TIMEOUT;
    }
    jobtrail_commands_close(job->commands);
    jobtrail_settings_free(settings);
    return code ? EXIT_FAILURE : is_done ? EXIT_SUCCESS : STOPPED;
}

int main(int argc, char **argv)
{
    const char *step_ms = getenv("JOB_STEP_MS");
    struct job job = {0};

    if (argc != 5) {
        fprintf(stderr, "usage: cancellable_job BROKERS ORGANIZATION JOB CREATOR\n");
        return 2;
    }
    return run(&job, argv, step_ms ? atoi(step_ms) : 1000);
}
