// SPDX-License-Identifier: Apache-2.0
// What a step needs is allocated before anything changes, so that it can be done again.
#include "client/command_table.h"

#include <stdlib.h>
#include <utlist.h>

#include "base/key_hash.h"

struct kept_command {
    UT_hash_handle hh;
    struct kept_command *prev, *next; // by age, oldest first
    struct jobtrail_command *command; // owned
    size_t bytes;
    struct attempt_key key;
};

struct listening_job {
    UT_hash_handle hh;
    struct listening_job *prev, *next; // while it waits to be handed out
    void *tag;
    struct jobtrail_command *waiting; // owned; NULL: none
    char told_id[UUID_TEXT_SIZE];     // of the command that it was told of; "": none
    struct attempt_key key;
};

struct command_table {
    struct listening_job *jobs;    // owned
    struct listening_job *waiting; // those of them with a command
    struct kept_command *kept;     // owned
    struct kept_command *by_age;
    size_t kept_most;
    struct command_counts counts;
};

struct command_table *command_table_new(size_t kept_most)
{
    struct command_table *table = calloc(1, sizeof *table);

    if (table)
        table->kept_most = kept_most;
    return table;
}

static void forget_kept(struct command_table *table, struct kept_command *kept)
{
    DL_DELETE(table->by_age, kept);
    HASH_DEL(table->kept, kept);
    table->counts.kept_bytes -= kept->bytes;
    free(kept->command);
    free(kept);
}

static void forget_job(struct command_table *table, struct listening_job *job)
{
    if (job->waiting)
        DL_DELETE(table->waiting, job);
    HASH_DEL(table->jobs, job);
    free(job->waiting);
    free(job);
}

void command_table_free(struct command_table *table)
{
    struct listening_job *job, *next_job;
    struct kept_command *kept, *next_kept;

    if (!table)
        return;
    HASH_ITER (hh, table->jobs, job, next_job)
        forget_job(table, job); // NOLINT(clang-analyzer-unix.Malloc): lost in the macro
    HASH_ITER (hh, table->kept, kept, next_kept)
        forget_kept(table, kept); // NOLINT(clang-analyzer-unix.Malloc): lost in the macro
    free(table);
}

static struct listening_job *find_job(const struct command_table *table,
                                      const struct attempt_key *key)
{
    struct listening_job *found = NULL;

    HASH_FIND(hh, table->jobs, key->bytes, key->size, found);
    return found;
}

static struct kept_command *find_kept(const struct command_table *table,
                                      const struct attempt_key *key)
{
    struct kept_command *found = NULL;

    HASH_FIND(hh, table->kept, key->bytes, key->size, found);
    return found;
}

// Takes the command.
static void let_wait(struct command_table *table, struct listening_job *job,
                     struct jobtrail_command *command)
{
    job->waiting = command;
    memcpy(job->told_id, command->command_id, sizeof job->told_id);
    DL_APPEND(table->waiting, job);
}

static struct listening_job *put_job(struct command_table *table, const struct attempt_key *key,
                                     void *tag)
{
    struct listening_job *job = calloc(1, sizeof *job);

    if (!job)
        return NULL;
    job->tag = tag;
    job->key = *key;
    HASH_ADD_KEYPTR(hh, table->jobs, job->key.bytes, job->key.size, job);
    if (find_job(table, key) == job)
        return job;
    free(job);
    return NULL;
}

int command_table_add(struct command_table *table, const struct job_attempt *attempt, void *tag,
                      struct err *err)
{
    struct jobtrail_command *command = NULL;
    const struct kept_command *kept;
    struct listening_job *job;
    struct attempt_key key;
    int rc = attempt_key_make(attempt, &key, err);

    if (rc)
        return rc;
    if (find_job(table, &key))
        return err_set(err, POISON, "ALREADY_ADDED", "attempt %d of job %.*s is added already",
                       attempt->attempt, (int)attempt->job_id.size, attempt->job_id.data);
    kept = find_kept(table, &key);
    if (kept) {
        command = command_text_copy(kept->command, tag);
        if (!command)
            return err_no_memory(err);
    }
    job = put_job(table, &key, tag);
    if (!job) {
        free(command);
        return err_no_memory(err);
    }
    table->counts.jobs++;
    if (command)
        let_wait(table, job, command);
    return DONE;
}

bool command_table_remove(struct command_table *table, const struct job_attempt *attempt)
{
    struct listening_job *job;
    struct attempt_key key;
    struct err err;

    if (attempt_key_make(attempt, &key, &err))
        return false;
    job = find_job(table, &key);
    if (!job)
        return false;
    forget_job(table, job);
    table->counts.jobs--;
    return true;
}

// Takes the command. False without memory: it is not taken.
static bool put_kept(struct command_table *table, const struct attempt_key *key,
                     struct jobtrail_command *command)
{
    struct kept_command *kept = calloc(1, sizeof *kept);

    if (!kept)
        return false;
    kept->command = command;
    kept->bytes = sizeof *kept + command_text_bytes(command);
    kept->key = *key;
    HASH_ADD_KEYPTR(hh, table->kept, kept->key.bytes, kept->key.size, kept);
    if (find_kept(table, key) != kept) {
        free(kept);
        return false;
    }
    DL_APPEND(table->by_age, kept);
    table->counts.kept_bytes += kept->bytes;
    while (table->counts.kept_bytes > table->kept_most && table->by_age) {
        forget_kept(table, table->by_age);
        table->counts.forgotten++;
    }
    return true;
}

// Keeps one that is new, and tells the job of it, if it is ours.
static int hear_new(struct command_table *table, const struct attempt_key *key,
                    const struct heard_command *heard, struct listening_job *job, struct err *err)
{
    struct jobtrail_command *kept = command_text_new(heard), *told = NULL;

    if (kept && job)
        told = command_text_copy(kept, job->tag);
    if (!kept || (job && !told) || !put_kept(table, key, kept)) {
        free(told);
        free(kept);
        return err_no_memory(err);
    }
    if (told)
        let_wait(table, job, told);
    return DONE;
}

// Jobtrail writes none that is not.
static bool is_within_limits(const struct cancel_job *command)
{
    return command->type.size <= TYPE_MAX_BYTES && command->requester_id.size <= ID_MAX_BYTES;
}

int command_table_hear(struct command_table *table, const struct heard_command *heard,
                       struct err *err)
{
    const struct cancel_job *command = heard->job;
    const struct job_attempt attempt = {command->organization_id, command->job_id,
                                        command->attempt};
    const struct kept_command *kept;
    struct listening_job *job;
    struct attempt_key key;
    char id[UUID_TEXT_SIZE];
    const char *known;

    if (!is_within_limits(command) || attempt_key_make(&attempt, &key, err)) {
        command_table_refuse(table);
        return DONE;
    }
    job = find_job(table, &key);
    kept = find_kept(table, &key);
    known = job && *job->told_id ? job->told_id : kept ? kept->command->command_id : NULL;
    uuid_format(&command->command_id, id);
    if (!known) {
        int rc = hear_new(table, &key, heard, job, err);

        if (rc)
            return rc;
    } else if (strcmp(known, id) != 0) {
        command_table_refuse(table);
        return DONE;
    } else {
        table->counts.repeated++;
    }
    table->counts.heard++;
    return DONE;
}

void command_table_refuse(struct command_table *table)
{
    table->counts.refused++;
}

struct jobtrail_command *command_table_next(struct command_table *table)
{
    struct listening_job *job = table->waiting;
    struct jobtrail_command *command;

    if (!job)
        return NULL;
    command = job->waiting;
    job->waiting = NULL;
    DL_DELETE(table->waiting, job);
    return command;
}

bool command_table_has_next(const struct command_table *table)
{
    return table->waiting != NULL;
}

struct command_counts command_table_counts(const struct command_table *table)
{
    return table->counts;
}
