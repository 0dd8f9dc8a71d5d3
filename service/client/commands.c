// SPDX-License-Identifier: Apache-2.0
// The listener's thread hears, the program's threads are told; between them is the table, under its
// lock. The descriptor is readable exactly while the table has a command for somebody.
#include <jobtrail/commands.h>

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/wake.h"
#include "client/command_table.h"
#include "client/error.h"
#include "client/settings.h"
#include "client/topic_listener.h"
#include "wire/headers.h"

struct jobtrail_commands {
    const struct client_config *config; // retained
    const char *organization;           // of the config
    pid_t owner;                        // the process that made it
    int wake_fd;
    struct topic_listener *listener;
    struct record_decoder *decoder; // of the listener's thread

    pthread_mutex_t lock; // guards these
    struct command_table *table;
    uint64_t told;
    struct err trouble; // without a disposition: none
    bool is_complete;   // all partitions were read at least once
};

static bool is_forked(const struct jobtrail_commands *commands)
{
    return getpid() != commands->owner;
}

static int tell_forked(struct jobtrail_error *error)
{
    return error_tell(error, JOBTRAIL_FORKED, "FORKED",
                      "these commands are the parent's; make others in this process");
}

// Under the lock.
static void show_next(struct jobtrail_commands *commands)
{
    if (command_table_has_next(commands->table))
        wake_up(commands->wake_fd);
    else
        wake_clear(commands->wake_fd);
}

static int hear(struct jobtrail_commands *commands, const struct cancel_job *job,
                const struct wire_record *record, struct err *err)
{
    const struct record_header *trace =
        header_find(record->headers, record->header_count, HEADER_TRACEPARENT);
    const struct heard_command heard = {job, trace ? trace->value : SLICE_NULL};
    int rc;

    pthread_mutex_lock(&commands->lock);
    rc = command_table_hear(commands->table, &heard, err);
    show_next(commands);
    pthread_mutex_unlock(&commands->lock);
    return rc;
}

static void refuse(struct jobtrail_commands *commands)
{
    pthread_mutex_lock(&commands->lock);
    command_table_refuse(commands->table);
    pthread_mutex_unlock(&commands->lock);
}

static int take(void *self, const struct wire_record *record, struct err *err)
{
    struct jobtrail_commands *commands = self;
    struct cancel_message message;
    enum decoded what;
    int rc = decode_cancel_message(commands->decoder, record, &message, &what, err);

    if (rc == RETRY && !schema_is_unknown(err))
        return RETRY;
    if (rc || what != DECODED_RECORD || message.kind != CANCEL_JOB) {
        if (rc)
            log_debug("commands", "a record is passed over", LOG_ERR(err));
        refuse(commands);
        return DONE;
    }
    if (!slice_equal(message.job.organization_id, slice_of(commands->organization)))
        return DONE;
    return hear(commands, &message.job, record, err);
}

static void hear_trouble(void *self, const struct err *err)
{
    struct jobtrail_commands *commands = self;

    pthread_mutex_lock(&commands->lock);
    commands->trouble = err ? *err : (struct err){0};
    commands->is_complete = commands->is_complete || !err;
    pthread_mutex_unlock(&commands->lock);
    if (err)
        log_warn("commands", "commands are not heard", LOG_ERR(err));
    else
        log_info("commands", "commands are heard");
}

static int listen_to(struct jobtrail_commands *commands, struct err *err)
{
    const struct client_config *config = commands->config;
    const int64_t look_back_ms = options_integer(config->options, "commands.look-back");
    const struct topic_tail_options options = {
        .properties = config->properties,
        .property_count = config->property_count,
        .topic = options_text(config->options, "topic.commands"),
        .since_ms = clock_now_us() / 1000 - look_back_ms,
    };
    const struct topic_listener_port port = {
        .self = commands, .take = take, .trouble = hear_trouble};

    return topic_listener_open(&options, &port, &config->log, &commands->listener, err);
}

static int open_parts(struct jobtrail_commands *commands, struct jobtrail_error *error)
{
    const struct decoder_options options = {
        .schemas = commands->config->schemas.fetch ? &commands->config->schemas : NULL};
    const struct options *said = commands->config->options;
    struct err err;

    commands->organization = options_text(said, "organization");
    commands->table = command_table_new((size_t)options_integer(said, "commands.bytes"));
    if (!commands->table)
        return error_no_memory(error);
    commands->decoder = cancel_decoder_new(&options, &err);
    if (!commands->decoder)
        return error_pass(error, JOBTRAIL_NO_MEMORY, &err);
    commands->wake_fd = wake_open();
    if (commands->wake_fd < 0)
        return error_tell(error, JOBTRAIL_SYSTEM, "NO_DESCRIPTOR",
                          "the system gives no descriptor");
    if (listen_to(commands, &err))
        return error_pass(error, err.disposition == FATAL ? JOBTRAIL_SETTING : JOBTRAIL_SYSTEM,
                          &err);
    return JOBTRAIL_OK;
}

int jobtrail_commands_new(struct jobtrail_settings *settings, struct jobtrail_commands **out,
                          struct jobtrail_error *error)
{
    struct jobtrail_commands *commands = calloc(1, sizeof *commands);
    int rc;

    *out = NULL;
    if (!commands)
        return error_no_memory(error);
    pthread_mutex_init(&commands->lock, NULL);
    commands->owner = getpid();
    commands->wake_fd = -1;
    rc = settings_retain(settings, &commands->config, error);
    if (!rc)
        rc = open_parts(commands, error);
    if (rc)
        jobtrail_commands_close(commands);
    else
        *out = commands;
    return rc;
}

void jobtrail_commands_close(struct jobtrail_commands *commands)
{
    if (!commands || is_forked(commands))
        return;
    topic_listener_close(commands->listener);
    if (commands->wake_fd >= 0)
        close(commands->wake_fd);
    record_decoder_free(commands->decoder);
    command_table_free(commands->table);
    settings_release(commands->config);
    pthread_mutex_destroy(&commands->lock);
    free(commands);
}

static struct job_attempt attempt_of(const struct jobtrail_commands *commands, const char *job_id,
                                     int32_t attempt)
{
    return (struct job_attempt){slice_of(commands->organization), slice_of(job_id), attempt};
}

int jobtrail_commands_add(struct jobtrail_commands *commands, const char *job_id, int32_t attempt,
                          void *tag, struct jobtrail_error *error)
{
    const struct job_attempt job = attempt_of(commands, job_id, attempt);
    struct err err;
    int rc;

    if (is_forked(commands))
        return tell_forked(error);
    pthread_mutex_lock(&commands->lock);
    rc = command_table_add(commands->table, &job, tag, &err);
    show_next(commands);
    pthread_mutex_unlock(&commands->lock);
    return rc ? error_pass(error, JOBTRAIL_REFUSED, &err) : JOBTRAIL_OK;
}

void jobtrail_commands_remove(struct jobtrail_commands *commands, const char *job_id,
                              int32_t attempt)
{
    const struct job_attempt job = attempt_of(commands, job_id, attempt);

    if (is_forked(commands))
        return;
    pthread_mutex_lock(&commands->lock);
    command_table_remove(commands->table, &job);
    show_next(commands);
    pthread_mutex_unlock(&commands->lock);
}

int jobtrail_commands_fd(const struct jobtrail_commands *commands)
{
    return is_forked(commands) ? -1 : commands->wake_fd;
}

struct jobtrail_command *jobtrail_commands_next(struct jobtrail_commands *commands)
{
    struct jobtrail_command *command;

    if (is_forked(commands))
        return NULL;
    pthread_mutex_lock(&commands->lock);
    command = command_table_next(commands->table);
    commands->told += command ? 1 : 0;
    show_next(commands);
    pthread_mutex_unlock(&commands->lock);
    return command;
}

void jobtrail_command_free(struct jobtrail_command *command)
{
    free(command);
}

int jobtrail_commands_dispatch(struct jobtrail_commands *commands, int timeout_ms,
                               jobtrail_on_command *on_command, void *self)
{
    struct pollfd woken = {.fd = commands->wake_fd, .events = POLLIN};
    struct jobtrail_command *command;
    int count = 0;

    if (is_forked(commands))
        return JOBTRAIL_FORKED;
    poll(&woken, 1, timeout_ms);
    while ((command = jobtrail_commands_next(commands))) {
        on_command(self, command);
        jobtrail_command_free(command);
        count++;
    }
    return count;
}

int jobtrail_commands_counts(struct jobtrail_commands *commands,
                             struct jobtrail_commands_counts *out, size_t size)
{
    struct jobtrail_commands_counts counts = {0};
    struct command_counts found;

    memset(out, 0, size);
    if (is_forked(commands))
        return JOBTRAIL_FORKED;
    pthread_mutex_lock(&commands->lock);
    found = command_table_counts(commands->table);
    counts.told = commands->told;
    pthread_mutex_unlock(&commands->lock);
    counts.heard = found.heard;
    counts.repeated = found.repeated;
    counts.refused = found.refused;
    counts.forgotten = found.forgotten;
    counts.jobs = found.jobs;
    counts.kept_bytes = found.kept_bytes;
    memcpy(out, &counts, size < sizeof counts ? size : sizeof counts);
    return JOBTRAIL_OK;
}

int jobtrail_commands_trouble(struct jobtrail_commands *commands, struct jobtrail_error *error)
{
    struct err trouble;
    bool is_complete;

    if (is_forked(commands))
        return tell_forked(error);
    pthread_mutex_lock(&commands->lock);
    trouble = commands->trouble;
    is_complete = commands->is_complete;
    pthread_mutex_unlock(&commands->lock);
    if (trouble.disposition)
        return error_pass(error, JOBTRAIL_KAFKA, &trouble);
    return is_complete ? JOBTRAIL_OK
                       : error_tell(error, JOBTRAIL_TIMEOUT, "NOT_YET",
                                    "the topic's partitions are not all found yet");
}
