// SPDX-License-Identifier: Apache-2.0
#include "serve/projection/consumer_thread.h"

#include <stdlib.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "kafka/record_probe.h"
#include "kafka/rights.h"
#include "serve/projection/back_pressure.h"
#include "serve/projection/dispatch.h"

enum {
    POLL_MS = 100,
    POLL_SOON_MS = 10,
    MESSAGES_MAX = 4096,
    LOOK_AROUND_EVERY_US = 1000 * 1000,
    TELL_EVERY_US = 10 * 1000 * 1000,
    SILENCE_US = 10 * 1000 * 1000, // of Kafka, before it is told: a broker may pause
};

struct consumer_thread {
    struct process *process;
    struct readings *readings; // of struct projected_partition
    pthread_t thread;
    bool started;
    struct consumer *consumer;
    struct position_store *positions;
    struct record_probe *probe;
    struct dispatcher dispatcher;
    struct back_pressure pressure;
    struct stable_ends stable;
    int64_t look_around_at_us;           // when to do that next (monotonic)
    uint64_t told_round;                 // of the log watch, the last that workers were told
    int64_t told_at_us;                  // when a failure to consume was last logged (monotonic)
    atomic_bool is_denied;               // the group does not let us in
    atomic_bool kafka_ready;             // it reached the brokers and its topics
    _Atomic int64_t heard_at_us;         // when that was last so (monotonic); 0: never
    _Atomic(const char *) missing_topic; // that there is not, as was seen last; NULL: none
};

static int make_consumer(struct consumer_thread *thread, struct err *err)
{
    const struct config *config = thread->process->config;
    struct consumer_events events = sources_events(&thread->dispatcher.sources);
    int rc = consumer_new(&(struct consumer_options){.properties = config->kafka,
                                                     .property_count = config->kafka_count,
                                                     .topics = config->event_topics,
                                                     .group_id = config->group_id},
                          &events, &thread->consumer, err);

    if (rc)
        return rc;
    thread->pressure.consumer = consumer_port(thread->consumer);
    sources_attach(&thread->dispatcher.sources, thread->pressure.consumer);
    stable_ends_init(&thread->stable, thread->consumer, thread->process->inspector,
                     config->event_topics);
    return DONE;
}

int consumer_thread_new(struct process *process, struct readings *readings,
                        struct work_queue *const *queues, size_t worker_count,
                        struct consumer_thread **out, struct err *err)
{
    struct consumer_thread *thread = calloc(1, sizeof *thread);
    struct connection_options store = process_position_options(process, "consumer");
    const struct config *config = process->config;
    const struct cluster_port cluster = cluster_port(process->inspector);
    struct position_keeper positions;
    struct record_reader reader;
    int rc;

    if (!thread)
        return err_no_memory(err);
    thread->process = process;
    thread->readings = readings;
    thread->positions = position_store_new(&store, POSITIONS_OF_EVENTS, err);
    rc = thread->positions ? DONE : RETRY;
    if (!rc)
        rc = record_probe_new(config->kafka, config->kafka_count, &thread->probe, err);
    if (!rc) {
        positions = position_keeper(thread->positions);
        reader = record_reader(thread->probe);
        dispatcher_init(&thread->dispatcher, process, readings, queues, &positions, &cluster,
                        &reader);
        thread->pressure = (struct back_pressure){.readings = readings,
                                                  .queues = queues,
                                                  .worker_count = worker_count,
                                                  .queue_bytes = process->config->queue_bytes};
        rc = make_consumer(thread, err);
    }
    if (rc) {
        consumer_thread_free(thread);
        return rc;
    }
    *out = thread;
    return DONE;
}

void consumer_thread_free(struct consumer_thread *thread)
{
    if (!thread)
        return;
    if (thread->probe)
        dispatcher_close(&thread->dispatcher);
    if (thread->consumer) {
        stable_ends_close(&thread->stable);
        consumer_free(thread->consumer);
    }
    record_probe_free(thread->probe);
    position_store_free(thread->positions);
    free(thread);
}

// Without a partition of ours, what shows that Kafka is there is its word on our topics. An open
// transaction of somebody else holds stable ends back, and so asks for no polling.
static void ask_stable_ends(struct consumer_thread *thread)
{
    struct stable_round *round;

    if (!errand_is_idle(&thread->stable.errand))
        return;
    round = calloc(1, sizeof *round + thread->readings->count * sizeof *round->ends);
    if (!round)
        return; // next time
    for (size_t i = 0; i < thread->readings->count; i++) {
        struct reading *reading = thread->readings->items[i];

        if (reading->state == READING_STARTED)
            round->ends[round->count++] =
                (struct stable_end){.partition = projected_partition(reading),
                                    .taking = reading->taking,
                                    .next_offset = reading->next_offset};
    }
    errand_ask(&thread->stable.errand, round);
}

// An answer that comes after a partition was lost, or taken anew, is not for it.
static void take_stable_ends(struct consumer_thread *thread)
{
    struct stable_round *round = errand_take(&thread->stable.errand);

    if (!round)
        return;
    thread->kafka_ready = round->is_told && !round->missing_topic;
    thread->missing_topic = round->missing_topic;
    for (size_t i = 0; i < round->count; i++) {
        const struct stable_end *end = &round->ends[i];
        const struct reading *reading = &end->partition->reading;

        if (end->offset >= 0 && reading->state == READING_STARTED && reading->taking == end->taking)
            dispatch_stable_end(&thread->dispatcher, end);
    }
    free(round);
}

// For what failed before, and for tools that look at the group's own offsets.
static void tell_positions(struct consumer_thread *thread)
{
    for (size_t i = 0; i < thread->readings->count; i++) {
        struct reading *reading = thread->readings->items[i];
        int64_t committed = projected_partition(reading)->committed_offset;

        if (reading->state != READING_STARTED)
            continue;
        sources_committed(reading, committed);
        if (committed >= 0)
            consumer_commit_hint(thread->consumer, &reading->source, committed);
    }
}

// Once a second, idle or not.
static void look_around(struct consumer_thread *thread)
{
    ask_stable_ends(thread);
    tell_positions(thread);
    thread->look_around_at_us = clock_monotonic_us() + LOOK_AROUND_EVERY_US;
}

// What the log watch has learned goes to the workers, which prove something by it.
static void tell_log_ends(struct consumer_thread *thread)
{
    struct log_watch *watch = thread->process->log_watch;
    uint64_t round = log_watch_round(watch);

    if (round == thread->told_round)
        return;
    thread->told_round = round;
    for (size_t i = 0; i < thread->readings->count; i++) {
        struct reading *reading = thread->readings->items[i];
        struct watched_end end;

        if (reading->state != READING_STARTED || !log_watch_end(watch, &reading->source, &end))
            continue;
        dispatch_log_end(&thread->dispatcher, projected_partition(reading), &end);
    }
}

static void tell_failure(struct consumer_thread *thread, int rc, const struct err *err)
{
    int64_t now_us = clock_monotonic_us();

    if (rc == FATAL)
        process_fail(thread->process, err);
    thread->kafka_ready = false;
    if (thread->told_at_us && now_us - thread->told_at_us < TELL_EVERY_US)
        return;
    thread->told_at_us = now_us;
    log_warn("consumer",
             !strcmp(err->reason, "TOPIC_MISSING")
                 ? "a topic is missing: create it, or correct topic.events"
                 : "Kafka cannot be read",
             LOG_ERR(err));
}

// Some partition has more than was handed out of it.
static bool is_behind(const struct consumer_thread *thread)
{
    for (size_t i = 0; i < thread->readings->count; i++) {
        struct reading *reading = thread->readings->items[i];
        const struct projected_partition *partition = projected_partition(reading);

        if (reading->state == READING_STARTED && !partition->paused &&
            reading->next_offset < partition->seen_end)
            return true;
    }
    return false;
}

// Whether anything came.
static bool poll_once(struct consumer_thread *thread, int timeout_ms)
{
    struct kafka_message *messages[MESSAGES_MAX];
    size_t count = 0;
    struct err err;
    int rc = consumer_poll(thread->consumer, timeout_ms, messages, MESSAGES_MAX, &count, &err);

    dispatch_messages(&thread->dispatcher, messages, count);
    if (rc)
        tell_failure(thread, rc, &err);
    return count;
}

static void *run(void *argument)
{
    struct consumer_thread *thread = argument;

    while (!thread->process->stopping) {
        bool behind, is_starting, came;

        sources_start_due(&thread->dispatcher.sources);
        back_pressure_balance(&thread->pressure);
        back_pressure_wait(&thread->pressure, &thread->process->stopping);
        behind = is_behind(thread);
        is_starting = sources_is_starting(&thread->dispatcher.sources);
        came = poll_once(thread, behind || is_starting ? POLL_SOON_MS : POLL_MS);
        // Once its queue was full, librdkafka 2.0.2 looks again only after up to a second, or when
        // an answer from the broker wakes it: asking for the log's end does.
        if (behind && !came)
            ask_stable_ends(thread);
        if (clock_monotonic_us() >= thread->look_around_at_us)
            look_around(thread);
        take_stable_ends(thread);
        thread->is_denied = consumer_is_denied(thread->consumer);
        tell_log_ends(thread);
        if (thread->kafka_ready)
            thread->heard_at_us = clock_monotonic_us();
    }
    return NULL;
}

int consumer_thread_start(struct consumer_thread *thread, struct err *err)
{
    int rc = sources_start_scout(&thread->dispatcher.sources, err);

    if (!rc)
        rc = errand_start(&thread->stable.errand, err);
    if (rc)
        return rc;
    if (pthread_create(&thread->thread, NULL, run, thread))
        return err_set(err, RETRY, "NO_THREAD", "the system gives no thread for the consumer");
    thread->started = true;
    return DONE;
}

bool consumer_thread_is_ready(const struct consumer_thread *thread, struct buffer *reasons)
{
    const char *missing_topic = thread->missing_topic;
    int64_t heard_at_us = thread->heard_at_us;

    if (thread->is_denied) {
        right_append(reasons, RIGHT_JOIN_GROUP, thread->process->config->group_id);
        buffer_append_text(reasons, "\n");
        return false;
    }
    if (thread->kafka_ready)
        return true;
    if (!missing_topic && heard_at_us && clock_monotonic_us() - heard_at_us < SILENCE_US)
        return true;
    if (missing_topic)
        buffer_append_format(reasons,
                             "the topic %s is missing: create it, or correct topic.events\n",
                             missing_topic);
    else
        buffer_append_text(reasons, "Kafka cannot be read\n");
    return false;
}

void consumer_thread_join(struct consumer_thread *thread)
{
    if (!thread)
        return;
    if (thread->started)
        pthread_join(thread->thread, NULL);
    thread->started = false;
}
