// SPDX-License-Identifier: Apache-2.0
#include "serve/source/log_watch.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/condition.h"
#include "base/log.h"
#include "kafka/log_ends.h"

enum {
    EVERY_US = 1000 * 1000,
    TIMEOUT_MS = 1000,
    TELL_EVERY_US = 60 * 1000 * 1000,
};

// Of one topic, as the last round that learned it left it.
struct watched_topic {
    char *name;           // owned
    struct log_end *ends; // owned; of each partition
    int32_t count;
    int64_t seen_at_us, monotonic_us; // the round's moment, by the two clocks
};

struct log_watch {
    struct log_watch_options options;
    struct log_ends *log_ends;
    pthread_t thread;
    bool started;
    int64_t told_at_us; // when a failure was last logged (monotonic)

    pthread_mutex_t mutex; // of what follows
    pthread_cond_t wake;
    struct watched_topic *topics; // owned
    size_t topic_count;

    _Atomic uint64_t round;
    atomic_bool stopping; // set under the mutex
};

static int hold_topics(struct log_watch *watch, const char *const *topics, struct err *err)
{
    size_t count = 0;

    while (topics[count])
        count++;
    watch->topics = calloc(count + 1, sizeof *watch->topics);
    if (!watch->topics)
        return err_no_memory(err);
    for (; watch->topic_count < count; watch->topic_count++) {
        char *name = strdup(topics[watch->topic_count]);

        if (!name)
            return err_no_memory(err);
        watch->topics[watch->topic_count].name = name;
    }
    return DONE;
}

int log_watch_new(const struct log_watch_options *options, struct log_watch **out, struct err *err)
{
    struct log_watch *watch = calloc(1, sizeof *watch);
    int rc;

    if (!watch)
        return err_no_memory(err);
    watch->options = *options;
    pthread_mutex_init(&watch->mutex, NULL);
    condition_init(&watch->wake);
    rc = hold_topics(watch, options->topics, err);
    if (!rc)
        rc = log_ends_new(options->properties, options->property_count, options->topics,
                          &watch->log_ends, err);
    if (rc)
        log_watch_free(watch);
    else
        *out = watch;
    return rc;
}

void log_watch_finish(struct log_watch *watch)
{
    if (!watch)
        return;
    pthread_mutex_lock(&watch->mutex);
    watch->stopping = true;
    pthread_cond_broadcast(&watch->wake);
    pthread_mutex_unlock(&watch->mutex);
}

void log_watch_free(struct log_watch *watch)
{
    if (!watch)
        return;
    log_watch_finish(watch);
    if (watch->started)
        pthread_join(watch->thread, NULL);
    log_ends_free(watch->log_ends);
    for (size_t i = 0; i < watch->topic_count; i++) {
        free(watch->topics[i].name);
        free(watch->topics[i].ends);
    }
    free(watch->topics);
    pthread_cond_destroy(&watch->wake);
    pthread_mutex_destroy(&watch->mutex);
    free(watch);
}

static void tell_failure(struct log_watch *watch, const struct err *err)
{
    int64_t now_us = clock_monotonic_us();

    if (watch->told_at_us && now_us - watch->told_at_us < TELL_EVERY_US)
        return;
    watch->told_at_us = now_us;
    log_warn("watch", "where the logs end cannot be asked: no answer claims to be up to date",
             LOG_ERR(err));
}

static int32_t known_partitions(struct log_watch *watch, size_t topic)
{
    int32_t count;

    pthread_mutex_lock(&watch->mutex);
    count = watch->topics[topic].count;
    pthread_mutex_unlock(&watch->mutex);
    return count;
}

// A broker that knows of fewer partitions than were there before is behind the others: by what it
// says nothing is proved. A topic that is gone is another's matter (serve/source).
static int learn(struct log_watch *watch, size_t topic, struct watched_topic *learned,
                 struct err *err)
{
    if (learned->count && learned->count < known_partitions(watch, topic))
        return err_set(err, RETRY, "METADATA_BEHIND", "topic %s: a broker knows %d partitions only",
                       watch->topics[topic].name, learned->count);
    learned->ends = calloc((size_t)learned->count + 1, sizeof *learned->ends);
    if (!learned->ends)
        return err_no_memory(err);
    return log_ends_ask(watch->log_ends, topic, learned->count, TIMEOUT_MS, learned->ends, err);
}

static void publish(struct log_watch *watch, size_t topic, const struct watched_topic *learned)
{
    struct watched_topic *to = &watch->topics[topic];
    struct log_end *old;

    pthread_mutex_lock(&watch->mutex);
    old = to->ends;
    to->ends = learned->ends;
    to->count = learned->count;
    to->seen_at_us = learned->seen_at_us;
    to->monotonic_us = learned->monotonic_us;
    pthread_mutex_unlock(&watch->mutex);
    free(old);
}

// The moment first, then how many there are, then where they end.
static void look(struct log_watch *watch)
{
    const int64_t seen_at_us = watch->options.database_now_us(watch->options.self);
    const int64_t monotonic_us = clock_monotonic_us();
    int32_t *counts = calloc(watch->topic_count + 1, sizeof *counts);
    struct err err;
    int rc =
        counts ? log_ends_count(watch->log_ends, TIMEOUT_MS, counts, &err) : err_no_memory(&err);

    for (size_t i = 0; !rc && !watch->stopping && i < watch->topic_count; i++) {
        struct watched_topic learned = {
            .count = counts[i], .seen_at_us = seen_at_us, .monotonic_us = monotonic_us};

        if (!learn(watch, i, &learned, &err)) {
            publish(watch, i, &learned);
        } else {
            free(learned.ends);
            tell_failure(watch, &err);
        }
    }
    if (rc)
        tell_failure(watch, &err);
    free(counts);
    watch->round++;
}

static bool rest(struct log_watch *watch, int64_t until_us)
{
    bool stopping;

    pthread_mutex_lock(&watch->mutex);
    while (!watch->stopping && clock_monotonic_us() < until_us)
        condition_wait_until(&watch->wake, &watch->mutex, until_us);
    stopping = watch->stopping;
    pthread_mutex_unlock(&watch->mutex);
    return !stopping;
}

static void *run(void *argument)
{
    struct log_watch *watch = argument;
    int64_t next_us;

    do {
        next_us = clock_monotonic_us() + EVERY_US;
        look(watch);
    } while (rest(watch, next_us));
    return NULL;
}

int log_watch_start(struct log_watch *watch, struct err *err)
{
    if (pthread_create(&watch->thread, NULL, run, watch))
        return err_set(err, RETRY, "NO_THREAD", "the system gives no thread for the log watch");
    watch->started = true;
    return DONE;
}

uint64_t log_watch_round(const struct log_watch *watch)
{
    return watch->round;
}

bool log_watch_end(struct log_watch *watch, const struct source *source, struct watched_end *out)
{
    bool known = false;

    pthread_mutex_lock(&watch->mutex);
    for (size_t i = 0; !known && i < watch->topic_count; i++) {
        const struct watched_topic *topic = &watch->topics[i];

        if (!slice_equal(slice_of(topic->name), source->topic))
            continue;
        known = source->partition < topic->count && topic->ends[source->partition].offset >= 0;
        if (known)
            *out = (struct watched_end){.offset = topic->ends[source->partition].offset,
                                        .leader = topic->ends[source->partition].leader,
                                        .seen_at_us = topic->seen_at_us,
                                        .monotonic_us = topic->monotonic_us,
                                        .partitions = topic->count};
    }
    pthread_mutex_unlock(&watch->mutex);
    return known;
}
