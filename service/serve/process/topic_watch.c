// SPDX-License-Identifier: Apache-2.0
#include "serve/process/topic_watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "kafka/rights.h"
#include "serve/process/needed_topics.h"

enum {
    LOOK_EVERY_US = 30 * 1000 * 1000,
    MISSING_EVERY_US = 2 * 1000 * 1000,
    TELL_EVERY_US = 60 * 1000 * 1000,
};

int topic_watch_init(struct topic_watch *watch, const struct process *process, struct err *err)
{
    const struct topic_needs needs = {process->projection, process->gate, process->http};
    struct needed_topic *needed;
    size_t count;
    int rc;

    *watch = (struct topic_watch){.bootstrap_servers = process->config->bootstrap_servers};
    rc = needed_topics(process->config, &needs, &needed, &count, err);
    if (rc)
        return rc;
    watch->topics = calloc(count + 1, sizeof *watch->topics);
    if (!watch->topics)
        rc = err_no_memory(err);
    for (size_t i = 0; !rc && i < count; i++)
        watch->topics[watch->count++] =
            (struct watched_topic){.option = needed[i].option,
                                   .name = needed[i].name,
                                   .is_read = needed[i].is_read,
                                   .has_brokers_time = needed[i].has_brokers_time};
    free(needed);
    return rc;
}

void topic_watch_close(struct topic_watch *watch)
{
    free(watch->topics);
    watch->topics = NULL;
    watch->count = 0;
}

void topic_append_command(struct buffer *out, const char *bootstrap_servers, const char *topic,
                          bool has_brokers_time)
{
    buffer_append_format(out,
                         "kafka-topics --bootstrap-server %s --create --topic %s --partitions 4%s",
                         bootstrap_servers, topic,
                         has_brokers_time ? " --config message.timestamp.type=LogAppendTime" : "");
}

static void tell_missing(const struct topic_watch *watch, const struct watched_topic *topic)
{
    struct buffer command;

    buffer_init(&command);
    topic_append_command(&command, watch->bootstrap_servers, topic->name, topic->has_brokers_time);
    log_error("topics", "a topic is missing: create it, or correct the option",
              LOG_TEXT("topic", topic->name), LOG_TEXT("option", topic->option),
              LOG_SLICE("command", buffer_slice(&command)));
    buffer_free(&command);
}

// Whoever may read or write a topic may ask about it.
static enum right right_to(const struct watched_topic *topic)
{
    return topic->is_read ? RIGHT_READ_TOPIC : RIGHT_WRITE_TOPIC;
}

static void note_denied(struct watched_topic *topic, int64_t now_us)
{
    struct err err;

    if (!topic->is_denied || now_us - topic->told_at_us >= TELL_EVERY_US) {
        topic->told_at_us = now_us;
        right_denied(&err, right_to(topic), topic->name);
        log_error("topics", "a right is missing", LOG_TEXT("topic", topic->name),
                  LOG_TEXT("option", topic->option), LOG_ERR(&err));
    }
    topic->is_denied = true;
}

static void note(const struct topic_watch *watch, struct watched_topic *topic, bool exists,
                 int64_t now_us)
{
    if (topic->is_denied)
        log_info("topics", "a right that was missing is there", LOG_TEXT("topic", topic->name));
    topic->is_denied = false;
    if (exists && topic->is_missing)
        log_info("topics", "a topic that was missing is there", LOG_TEXT("topic", topic->name));
    if (!exists && (!topic->is_missing || now_us - topic->told_at_us >= TELL_EVERY_US)) {
        topic->told_at_us = now_us;
        tell_missing(watch, topic);
    }
    topic->is_missing = !exists;
}

void topic_watch_look(struct topic_watch *watch, int64_t now_us, topic_exists *exists, void *self)
{
    bool all_there = true;

    if (now_us < watch->look_at_us || now_us < watch->backoff.until_us)
        return;
    for (size_t i = 0; i < watch->count; i++) {
        bool there = false;
        struct err err;

        if (!exists(self, watch->topics[i].name, &there, &err)) {
            note(watch, &watch->topics[i], there, now_us);
        } else if (!strcmp(err.reason, "AUTHORIZATION_FAILED")) {
            note_denied(&watch->topics[i], now_us);
            there = false;
        } else {
            backoff_fail(&watch->backoff, now_us);
            return;
        }
        all_there &= there;
    }
    backoff_end(&watch->backoff);
    watch->look_at_us = now_us + (all_there ? LOOK_EVERY_US : MISSING_EVERY_US);
}

bool topic_watch_is_ready(const struct topic_watch *watch, struct buffer *reasons)
{
    bool ready = true;

    for (size_t i = 0; i < watch->count; i++) {
        const struct watched_topic *topic = &watch->topics[i];

        if (topic->is_denied) {
            ready = false;
            right_append(reasons, right_to(topic), topic->name);
            buffer_append_format(reasons, " (%s)\n", topic->option);
            continue;
        }
        if (!topic->is_missing)
            continue;
        ready = false;
        buffer_append_format(
            reasons, "the topic %s is missing (%s); this creates it: ", topic->name, topic->option);
        topic_append_command(reasons, watch->bootstrap_servers, topic->name,
                             topic->has_brokers_time);
        buffer_append_text(reasons, "\n");
    }
    return ready;
}
