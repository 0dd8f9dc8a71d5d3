// SPDX-License-Identifier: Apache-2.0
// client_teller: what test_c_client.py kills. It tells of jobs, one after the other, and prints a
// line for each call that returned success, at once: "job-7 JobStarted". Then it waits until Kafka
// has all, and prints what was counted: "counts taken 7 coalesced 1".
//
//   client_teller TOPIC SPOOL FIRST COUNT [NAME=VALUE ...]      settings
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jobtrail/jobtrail.h>

enum { ORDINARY_ARGUMENTS = 5, WAIT_MS = 300000, TICKS = 3, LINE_SIZE = 64 };

static _Noreturn void fail(const struct jobtrail_error *error)
{
    fprintf(stderr, "client_teller: %s\n", error->text);
    exit(1);
}

// Waits while there is no room; says when it was told. Whether it has to be told again.
static bool again(struct jobtrail_emitter *emitter, int code, const char *job_id,
                  const char *record, struct jobtrail_error *error)
{
    char line[LINE_SIZE];
    int size;

    if (code == JOBTRAIL_FULL) {
        if (jobtrail_emitter_wait(emitter, WAIT_MS, error))
            fail(error);
        return true;
    }
    if (code < JOBTRAIL_OK)
        fail(error);
    if (code == JOBTRAIL_HELD)
        return false;
    size = snprintf(line, sizeof line, "%s %s\n", job_id, record);
    return write(STDOUT_FILENO, line, (size_t)size) != size;
}

static void tell(struct jobtrail_emitter *emitter, long number)
{
    struct jobtrail_error error;
    struct jobtrail_job *job;
    char id[LINE_SIZE / 2];

    snprintf(id, sizeof id, "job-%ld", number);
    if (jobtrail_job_open(emitter, id, 1, &job, &error))
        fail(&error);
    while (again(emitter, jobtrail_job_created(job, "Load", "ada", true, NULL, &error), id,
                 "JobCreated", &error))
        ;
    while (again(emitter, jobtrail_job_started(job, NULL, &error), id, "JobStarted", &error))
        ;
    for (int i = 1; i <= TICKS; i++)
        if (again(emitter, jobtrail_job_progressed(job, i, NULL, &error), id, "JobProgressed",
                  &error))
            break;
    while (
        again(emitter, jobtrail_job_succeeded(job, NULL, NULL, &error), id, "JobSucceeded", &error))
        ;
    jobtrail_job_close(job);
}

static void set(struct jobtrail_settings *settings, const char *name, const char *value)
{
    struct jobtrail_error error;

    if (jobtrail_settings_set(settings, name, value, &error))
        fail(&error);
}

static struct jobtrail_emitter *open_emitter(int argc, char **argv)
{
    struct jobtrail_settings *settings = jobtrail_settings_new();
    struct jobtrail_emitter *emitter;
    struct jobtrail_error error;

    set(settings, "organization", "org-a");
    set(settings, "topic.events", argv[1]);
    set(settings, "spool.file", argv[2]);
    for (int i = ORDINARY_ARGUMENTS; i < argc; i++) {
        char *equals = strchr(argv[i], '=');

        *equals = '\0';
        set(settings, argv[i], equals + 1);
    }
    if (jobtrail_emitter_new(settings, NULL, NULL, NULL, &emitter, &error))
        fail(&error);
    jobtrail_settings_free(settings);
    return emitter;
}

static void finish(struct jobtrail_emitter *emitter)
{
    struct jobtrail_counts counts;
    struct jobtrail_error error;

    if (jobtrail_emitter_flush(emitter, WAIT_MS, &error))
        fail(&error);
    jobtrail_emitter_counts(emitter, &counts, sizeof counts);
    dprintf(STDOUT_FILENO, "counts taken %llu coalesced %llu\n", (unsigned long long)counts.taken,
            (unsigned long long)counts.coalesced);
    if (jobtrail_emitter_close(emitter, WAIT_MS, &error))
        fail(&error);
}

int main(int argc, char **argv)
{
    struct jobtrail_emitter *emitter;
    long first, count;

    if (argc < ORDINARY_ARGUMENTS)
        return 2;
    emitter = open_emitter(argc, argv);
    first = strtol(argv[3], NULL, 10);
    count = strtol(argv[4], NULL, 10);
    for (long i = first; i < first + count; i++)
        tell(emitter, i);
    finish(emitter);
    return 0;
}
