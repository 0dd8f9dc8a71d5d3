// SPDX-License-Identifier: Apache-2.0
// Settings are applied in the order defaults, user's, ours, so that ours win whatever alias of a
// property the user wrote. A contradiction is refused all the same: nobody should believe that a
// setting holds which does not.
#include "kafka/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/log.h"
#include "kafka/credentials.h"

struct setting {
    const char *name, *value;
    unsigned int kinds; // of client
};

#define MAX_POLL_INTERVAL "max.poll.interval.ms"
#define SESSION_TIMEOUT   "session.timeout.ms"

// May be changed: small queues (rows are what memory is for; a record of 200 bytes takes three
// times that here, and all partitions' share of an answer is held until the last of it was folded),
// and an answer as soon as there is one byte. A fetch that waits on an idle broker delays the start
// of another partition there by as long as it waits.
static const struct setting defaults[] = {
    {"client.id", "jobtrail", CLIENT_CONSUMER | CLIENT_PRODUCER},
    {"socket.keepalive.enable", "true", CLIENT_CONSUMER | CLIENT_PRODUCER},
    {"queued.max.messages.kbytes", "1024", CLIENT_CONSUMER},
    {"queued.min.messages", "100000", CLIENT_CONSUMER},
    {"fetch.message.max.bytes", "262144", CLIENT_CONSUMER},
    {"fetch.min.bytes", "1", CLIENT_CONSUMER},
    {"fetch.wait.max.ms", "100", CLIENT_CONSUMER},
    {"fetch.error.backoff.ms", "100", CLIENT_CONSUMER},
    // Partitions that somebody adds are read soon.
    {"topic.metadata.refresh.interval.ms", "5000", CLIENT_CONSUMER},
    // So long the group waits for a member that lives and does not join again; we poll all the
    // time.
    {MAX_POLL_INTERVAL, "60000", CLIENT_CONSUMER},
    {"linger.ms", "5", CLIENT_PRODUCER},
    // Whether a record is too large is the broker's to say.
    {"message.max.bytes", "67108864", CLIENT_PRODUCER},
};

// Must not be changed. same: another spelling of the same.
struct rule {
    const char *name, *value, *same;
    unsigned int kinds;
    const char *why;
};

static const struct rule rules[] = {
    {"auto.offset.reset", "error", NULL, CLIENT_CONSUMER,
     "positions are kept in PostgreSQL and never reset by themselves"},
    {"isolation.level", "read_committed", NULL, CLIENT_CONSUMER,
     "events of aborted transactions must not be projected"},
    {"enable.auto.commit", "false", NULL, CLIENT_CONSUMER, "positions are kept in PostgreSQL"},
    {"enable.auto.offset.store", "false", NULL, CLIENT_CONSUMER,
     "positions are kept in PostgreSQL"},
    {"partition.assignment.strategy", "cooperative-sticky", NULL, CLIENT_CONSUMER,
     "partitions are taken and given one by one"},
    {"check.crcs", "true", NULL, CLIENT_CONSUMER, "a damaged record must be noticed"},
    {"enable.partition.eof", "true", NULL, CLIENT_CONSUMER,
     "the position follows the log's end past control records"},
    {"enable.idempotence", "true", NULL, CLIENT_PRODUCER, "a retried send must not be doubled"},
    {"acks", "all", "-1", CLIENT_PRODUCER, "an acknowledged record must survive its broker"},
    {"request.required.acks", "all", "-1", 0, "an acknowledged record must survive its broker"},
    {"partitioner", "murmur2_random", NULL, CLIENT_PRODUCER,
     "it has to agree with the Java clients'"},
    {"transactional.id", "", NULL, 0, "the relay does not use Kafka's transactions"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int settings_set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err)
{
    char text[256];

    // librdkafka's own text may repeat the value, which may be a secret.
    switch (rd_kafka_conf_set(conf, name, value, text, sizeof(text))) {
    case RD_KAFKA_CONF_OK:
        return DONE;
    case RD_KAFKA_CONF_UNKNOWN:
        return err_set(err, FATAL, "BAD_PROPERTY",
                       "kafka.%s: librdkafka has no such property; see its CONFIGURATION.md", name);
    default:
        return err_set(err, FATAL, "BAD_PROPERTY",
                       "kafka.%s: librdkafka does not accept its value; see its CONFIGURATION.md",
                       name);
    }
}

static int check_rules(const struct kafka_property *property, struct err *err)
{
    for (size_t i = 0; i < COUNT(rules); i++) {
        const struct rule *rule = &rules[i];

        if (strcmp(property->name, rule->name) != 0 ||
            strcasecmp(property->value, rule->value) == 0 ||
            (rule->same && strcasecmp(property->value, rule->same) == 0))
            continue;
        return err_set(err, FATAL, "BAD_PROPERTY",
                       "kafka.%s cannot be changed (it is \"%s\"), for %s; remove it", rule->name,
                       rule->value, rule->why);
    }
    return DONE;
}

static void log_line(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    enum log_level ours = level <= 3 ? LOG_ERROR : level == 4 ? LOG_WARN : LOG_INFO;

    (void)rk;
    // The same properties serve both kinds of client: that one ignores the other's is no news.
    if (!strcmp(facility, "CONFWARN"))
        level = 7;
    log_emit(level >= 7 ? LOG_DEBUG : ours, "kafka", "librdkafka says",
             (const struct log_field[]){
                 LOG_TEXT("facility", facility), LOG_TEXT("text", text), {.kind = LOG_FIELD_END}});
}

static long long number_of(const rd_kafka_conf_t *conf, const char *name)
{
    char text[32];
    size_t size = sizeof text;

    return rd_kafka_conf_get(conf, name, text, &size) ? 0 : strtoll(text, NULL, 10);
}

static bool is_among(const struct kafka_property *properties, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(properties[i].name, name))
            return true;
    return false;
}

// A default of ours must not forbid a longer session.
static int follow_session(rd_kafka_conf_t *conf, const struct kafka_property *properties,
                          size_t count, struct err *err)
{
    long long session_ms = number_of(conf, SESSION_TIMEOUT);
    char text[32];

    if (is_among(properties, count, MAX_POLL_INTERVAL) ||
        session_ms <= number_of(conf, MAX_POLL_INTERVAL))
        return DONE;
    snprintf(text, sizeof text, "%lld", session_ms);
    return settings_set(conf, MAX_POLL_INTERVAL, text, err);
}

static int apply(rd_kafka_conf_t *conf, enum client_kind kind,
                 const struct kafka_property *properties, size_t count, struct err *err)
{
    int rc = credentials_check(properties, count, err);

    if (rc)
        return rc;
    for (size_t i = 0; i < COUNT(defaults); i++) {
        if (!(defaults[i].kinds & kind))
            continue;
        rc = settings_set(conf, defaults[i].name, defaults[i].value, err);
        if (rc)
            return rc;
    }
    for (size_t i = 0; i < count; i++) {
        rc = check_rules(&properties[i], err);
        if (!rc && !credentials_own(properties[i].name))
            rc = settings_set(conf, properties[i].name, properties[i].value, err);
        if (rc)
            return rc;
    }
    rc = kind & CLIENT_CONSUMER ? follow_session(conf, properties, count, err) : DONE;
    if (rc)
        return rc;
    for (size_t i = 0; i < COUNT(rules); i++) {
        if (!(rules[i].kinds & kind))
            continue;
        rc = settings_set(conf, rules[i].name, rules[i].value, err);
        if (rc)
            return rc;
    }
    return DONE;
}

rd_kafka_conf_t *settings_new(enum client_kind kind, const struct kafka_property *properties,
                              size_t count, struct err *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    if (!conf) {
        err_no_memory(err);
        return NULL;
    }
    if (apply(conf, kind, properties, count, err)) {
        rd_kafka_conf_destroy(conf);
        return NULL;
    }
    rd_kafka_conf_set_log_cb(conf, log_line);
    return conf;
}

int settings_client(enum client_kind kind, rd_kafka_conf_t *conf,
                    const struct kafka_property *properties, size_t count, rd_kafka_t **out,
                    struct err *err)
{
    struct credentials *credentials;
    char text[400];
    int rc;

    if (credentials_new(properties, count, &credentials, err)) {
        rd_kafka_conf_destroy(conf);
        return (int)err->disposition;
    }
    credentials_attach(credentials, conf);
    // Whoever makes it diverts what it logs: that is then told by the thread that polls, which
    // diverts as well, and not by librdkafka's own threads.
    if (log_diverted() && settings_set(conf, "log.queue", "true", err)) {
        rd_kafka_conf_destroy(conf);
        credentials_free(credentials);
        return (int)err->disposition;
    }
    *out = rd_kafka_new(kind == CLIENT_CONSUMER ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER, conf, text,
                        sizeof text);
    if (!*out) {
        // librdkafka 2.0.2 has freed what of the conf is the interceptors', and would free it
        // again.
        if (!credentials)
            rd_kafka_conf_destroy(conf);
        credentials_free(credentials);
        return err_set(err, FATAL, "BAD_PROPERTY", "kafka.*: %s", text);
    }
    if (log_diverted())
        rd_kafka_set_log_queue(*out, NULL);
    rc = credentials_start(credentials, *out, err);
    if (rc) {
        rd_kafka_destroy(*out);
        *out = NULL;
    }
    return rc;
}
