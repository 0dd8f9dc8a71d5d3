// SPDX-License-Identifier: Apache-2.0
// The table of settings; include/jobtrail/settings.h has it in words.
#include "client/settings.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/error.h"
#include "core/event.h"
#include "secret/secret.h"

enum { WEEK_MS = 7 * 24 * 3600 * 1000 };
enum { TOPIC_NAME_MAX = 249, KIB = 1024, MIB = 1024 * KIB, GIB = 1024 * MIB };

static const char *const event_ids[] = {"random", "derived", NULL};
static const char *const booleans[] = {"false", "true", NULL};
static const char *const syncs[] = {"none", "interval", "each", NULL};

// What they mean is said to people in jobtrail/settings.h.
static const struct option options[] = {
    {.name = "organization", .type = OPTION_TEXT, .least = 1, .most = ID_MAX_BYTES},
    {.name = "topic.events",
     .type = OPTION_TEXT,
     .least = 1,
     .most = TOPIC_NAME_MAX,
     .fallback = "job.events"},
    {.name = "source", .type = OPTION_TEXT, .least = 1, .most = ID_MAX_BYTES},
    {.name = "event.ids", .type = OPTION_CHOICE, .choices = event_ids, .fallback = "random"},
    {.name = "cloud.events", .type = OPTION_CHOICE, .choices = booleans, .fallback = "false"},
    {.name = "queue.bytes",
     .type = OPTION_BYTES,
     .least = 256 * KIB,
     .most = GIB,
     .fallback = "32MiB"},
    {.name = "queue.events",
     .type = OPTION_INTEGER,
     .least = 16,
     .most = 10000000,
     .fallback = "200000"},
    {.name = "spool.file", .type = OPTION_TEXT, .least = 1, .most = 4 * KIB},
    {.name = "spool.sync", .type = OPTION_CHOICE, .choices = syncs, .fallback = "none"},
    {.name = "topic.commands",
     .type = OPTION_TEXT,
     .least = 1,
     .most = TOPIC_NAME_MAX,
     .fallback = "job.commands"},
    {.name = "topic.cancel-requests",
     .type = OPTION_TEXT,
     .least = 1,
     .most = TOPIC_NAME_MAX,
     .fallback = "job.cancel-requests"},
    {.name = "topic.cancel-decisions",
     .type = OPTION_TEXT,
     .least = 1,
     .most = TOPIC_NAME_MAX,
     .fallback = "job.cancel-decisions"},
    {.name = "commands.look-back", .type = OPTION_DURATION, .most = WEEK_MS, .fallback = "1h"},
    {.name = "commands.bytes",
     .type = OPTION_BYTES,
     .least = 64 * KIB,
     .most = GIB,
     .fallback = "4MiB"},
};

static const char *const kafka_secrets[] = {
    "password", "secret", "key.pem", "oauthbearer.config", "oauthbearer.token", NULL};
static const struct option_family families[] = {
    {.prefix = "kafka.", .environment_dot = '.', .secret_words = kafka_secrets},
};
static const struct options_table table = {options, sizeof options / sizeof *options, families,
                                           sizeof families / sizeof *families, secret_read};

struct jobtrail_settings {
    struct client_config config; // the first member, by which a part gives them back
    atomic_uint holders;         // the caller's handle and the parts
    pthread_mutex_t lock;        // guards what follows while parts are made
    bool is_frozen;
    struct arena memory; // of the properties
    jobtrail_log *log;
    void *log_self;
    jobtrail_schema_of *schema_of;
    void *schema_self;
};

static void release(struct jobtrail_settings *settings)
{
    if (atomic_fetch_sub(&settings->holders, 1) != 1)
        return;
    options_free(settings->config.options);
    arena_reset(&settings->memory);
    pthread_mutex_destroy(&settings->lock);
    free(settings);
}

struct jobtrail_settings *jobtrail_settings_new(void)
{
    struct jobtrail_settings *settings = calloc(1, sizeof *settings);
    struct err err;

    if (!settings)
        return NULL;
    if (options_new(&table, &settings->config.options, &err)) {
        free(settings);
        return NULL;
    }
    pthread_mutex_init(&settings->lock, NULL);
    arena_init(&settings->memory);
    atomic_init(&settings->holders, 1);
    return settings;
}

void jobtrail_settings_free(struct jobtrail_settings *settings)
{
    if (settings)
        release(settings);
}

static bool is_known(const char *name)
{
    for (size_t i = 0; i < table.count; i++)
        if (!strcmp(options[i].name, name))
            return true;
    return !strncmp(name, families->prefix, strlen(families->prefix));
}

int jobtrail_settings_set(struct jobtrail_settings *settings, const char *name, const char *value,
                          struct jobtrail_error *error)
{
    struct err err;

    if (!name || !value || !is_known(name))
        return error_tell(error, JOBTRAIL_SETTING, "UNKNOWN",
                          "there is no setting \"%.80s\"; jobtrail/settings.h has them all",
                          name ? name : "");
    if (settings->is_frozen)
        return error_tell(error, JOBTRAIL_SETTING, "IN_USE",
                          "%s: something was made of these settings; make others", name);
    if (options_set(settings->config.options, name, value, "settings", &err))
        return error_pass(error, JOBTRAIL_SETTING, &err);
    return JOBTRAIL_OK;
}

void jobtrail_settings_log(struct jobtrail_settings *settings, jobtrail_log *log, void *self)
{
    if (settings->is_frozen)
        return;
    settings->log = log;
    settings->log_self = self;
}

// What the program told becomes a port of wire's.
static int fetch_schema(void *self, const struct schema_name *name, char **json, struct err *err)
{
    const struct jobtrail_settings *settings = self;
    int code;

    if (name->kind != SCHEMA_BY_ID)
        return schema_no_hope(err, "only schemas with an id of a registry are asked for");
    *json = NULL;
    code = settings->schema_of(settings->schema_self, name->id, json);
    if (code == JOBTRAIL_OK && *json)
        return DONE;
    free(*json);
    if (code == JOBTRAIL_REFUSED)
        return schema_no_hope(err, "there is no schema with the id %u", name->id);
    return err_set(err, RETRY, "SCHEMA_UNREACHABLE", "the schema with the id %u is not told now",
                   name->id);
}

void jobtrail_settings_schemas(struct jobtrail_settings *settings, jobtrail_schema_of *schema_of,
                               void *self)
{
    if (settings->is_frozen)
        return;
    settings->schema_of = schema_of;
    settings->schema_self = self;
    settings->config.schemas = (struct schema_source){settings, schema_of ? fetch_schema : NULL};
}

static void append_field(struct buffer *line, const struct log_field *field)
{
    if (field->kind == LOG_FIELD_TEXT && slice_is_null(field->text))
        return;
    buffer_append_format(line, " %s=", field->name);
    if (field->kind == LOG_FIELD_TEXT)
        buffer_append(line, field->text.data, field->text.size);
    else if (field->kind == LOG_FIELD_INTEGER)
        buffer_append_format(line, "%lld", (long long)field->integer);
    else
        buffer_append_format(line, "%.6f", field->seconds);
}

static void write_log(void *self, enum log_level level, const char *who, const char *message,
                      const struct log_field *fields)
{
    struct jobtrail_settings *settings = self;
    struct buffer line;

    buffer_init(&line);
    buffer_append_format(&line, "%s: %s", who, message);
    for (; fields->kind != LOG_FIELD_END; fields++)
        append_field(&line, fields);
    buffer_append(&line, "", 1);
    settings->log(settings->log_self, (enum jobtrail_level)level,
                  line.failed ? message : line.data);
    buffer_free(&line);
}

// Under the lock.
static int freeze(struct jobtrail_settings *settings, struct jobtrail_error *error)
{
    struct client_config *config = &settings->config;

    if (settings->is_frozen)
        return JOBTRAIL_OK;
    if (!options_text(config->options, "organization"))
        return error_tell(error, JOBTRAIL_SETTING, "MISSING", "organization is not set");
    if (!options_text(config->options, "source") &&
        (options_choice(config->options, "event.ids") ||
         options_choice(config->options, "cloud.events")))
        return error_tell(error, JOBTRAIL_SETTING, "MISSING",
                          "source is not set, which event.ids=derived and cloud.events=true want");
    if (!options_text(config->options, "kafka.bootstrap.servers"))
        return error_tell(error, JOBTRAIL_SETTING, "MISSING", "kafka.bootstrap.servers is not set");
    if (!kafka_properties_copy(config->options, &settings->memory, &config->properties,
                               &config->property_count))
        return error_no_memory(error);
    config->log = (struct log_target){settings->log ? write_log : NULL, settings};
    settings->is_frozen = true;
    return JOBTRAIL_OK;
}

int settings_retain(struct jobtrail_settings *settings, const struct client_config **out,
                    struct jobtrail_error *error)
{
    int rc;

    pthread_mutex_lock(&settings->lock);
    rc = freeze(settings, error);
    pthread_mutex_unlock(&settings->lock);
    if (rc)
        return rc;
    atomic_fetch_add(&settings->holders, 1);
    *out = &settings->config;
    return JOBTRAIL_OK;
}

void settings_release(const struct client_config *config)
{
    if (config)
        release((struct jobtrail_settings *)config);
}
