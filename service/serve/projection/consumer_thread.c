// SPDX-License-Identifier: Apache-2.0
#include "serve/projection/consumer_thread.h"

#include <stdlib.h>
#include <time.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "serve/projection/consumer_private.h"
#include "serve/projection/worker.h"

enum {
    POLL_MS = 100,
    POLL_BEHIND_MS = 10,
    MESSAGES_MAX = 4096,
    LOOK_AROUND_EVERY_US = 1000 * 1000,
    LOG_ENDS_TIMEOUT_MS = 1000,
    TELL_EVERY_US = 10 * 1000 * 1000,
    FULL_LOOKS = 250, // at workers that are all full, before polling goes on
    FULL_LOOK_MS = 2,
    SETTLE_MS = 2000, // for a partition that we lose to be written
    SETTLE_LOOK_US = 1000,
};

static struct partition *find(struct consumer_thread *thread, const struct source *source)
{
    return partition_table_find(&thread->service->partitions, source);
}

static void on_taken(void *self, const struct source *sources, size_t count)
{
    struct consumer_thread *thread = self;
    struct service *service = thread->service;

    for (size_t i = 0; i < count; i++) {
        struct partition *partition;
        struct err err;
        int rc = partition_table_get(&service->partitions, &sources[i], service->worker_count,
                                     &partition, &err);

        if (rc) { // nothing smaller than the service can make up for it
            service_fail(service, &err);
            return;
        }
        partition->epoch++;
        partition->state = PARTITION_TAKEN;
        partition->is_ours = true;
        partition->start_at_us = 0;
        metrics_add(service->metrics, METER_REBALANCES, REBALANCE_TAKEN, 0, 1);
    }
}

// The new owner begins where we stand: what was folded is written first, if that is soon done. If
// it is not, nothing is lost: positions move by compare-and-set.
static void wait_until_settled(struct consumer_thread *thread, struct partition *partition)
{
    int64_t deadline_us = clock_monotonic_us() + SETTLE_MS * 1000;
    const struct timespec look = {.tv_nsec = SETTLE_LOOK_US * 1000};

    while (partition->settled_epoch < partition->epoch && !thread->service->stopping &&
           clock_monotonic_us() < deadline_us)
        nanosleep(&look, NULL);
}

static void on_revoked(void *self, const struct source *sources, size_t count, bool lost)
{
    struct consumer_thread *thread = self;

    for (size_t i = 0; i < count; i++) {
        struct partition *partition = find(thread, &sources[i]);

        if (!partition)
            continue;
        partition->epoch++;
        partition->state = PARTITION_ELSEWHERE;
        partition->is_ours = false;
        dispatch_work(thread, partition, work_new(WORK_RELEASE, partition));
        metrics_add(thread->service->metrics, METER_REBALANCES,
                    lost ? REBALANCE_LOST : REBALANCE_REVOKED, 0, 1);
    }
    for (size_t i = 0; i < count && !lost; i++) {
        struct partition *partition = find(thread, &sources[i]);

        if (partition)
            wait_until_settled(thread, partition);
    }
}

static void on_reached_end(void *self, const struct source *source, int64_t next_offset)
{
    struct partition *partition = find(self, source);

    if (partition)
        partition->reached_end = next_offset;
}

static void on_partition_failed(void *self, const struct source *source, const struct err *err)
{
    struct partition *partition = find(self, source);

    log_warn("consumer", "a partition cannot go on from its offset",
             LOG_SLICE("topic", source->topic), LOG_INT("partition", source->partition),
             LOG_ERR(err));
    if (partition)
        partition->restart_wanted = true;
}

int consumer_thread_new(struct service *service, struct consumer_thread **out, struct err *err)
{
    const struct config *config = service->config;
    struct consumer_thread *thread = calloc(1, sizeof *thread);
    struct connection_options store = service_connection_options(service, "consumer");
    int rc;

    if (!thread)
        return err_no_memory(err);
    thread->service = service;
    thread->store = store_new(&store, err);
    rc = thread->store ? DONE : RETRY;
    if (!rc)
        rc = consumer_new(&(struct consumer_options){.properties = config->kafka,
                                                     .property_count = config->kafka_count,
                                                     .topics = config->event_topics,
                                                     .group_id = config->group_id},
                          &(struct consumer_events){.self = thread,
                                                    .taken = on_taken,
                                                    .revoked = on_revoked,
                                                    .reached_end = on_reached_end,
                                                    .partition_failed = on_partition_failed},
                          &thread->consumer, err);
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
    if (thread->consumer)
        consumer_free(thread->consumer);
    store_free(thread->store);
    log_start_free(&thread->log_start);
    free(thread);
}

static void start_or_retry(struct consumer_thread *thread, struct partition *partition)
{
    struct err err;
    int rc = partition_start(thread, partition, &err);

    if (rc == FATAL)
        service_fail(thread->service, &err);
    if (!rc)
        return;
    partition->start_at_us = clock_monotonic_us() + backoff_us(partition->failures++);
    log_warn("consumer", "a partition cannot be started yet",
             LOG_SLICE("topic", partition->source.topic),
             LOG_INT("partition", partition->source.partition), LOG_ERR(&err));
}

static void start_partitions(struct consumer_thread *thread)
{
    struct partition_table *partitions = &thread->service->partitions;

    for (size_t i = 0; i < partitions->count && !thread->service->stopping; i++) {
        struct partition *partition = partitions->items[i];

        if (partition->restart_wanted)
            partition_restart(thread, partition,
                              clock_monotonic_us() +
                                  (partition->failures ? backoff_us(partition->failures) : 0));
        if (partition->state == PARTITION_TAKEN && clock_monotonic_us() >= partition->start_at_us)
            start_or_retry(thread, partition);
    }
}

static void hold_or_let_go(struct consumer_thread *thread, size_t worker, bool hold)
{
    struct partition_table *partitions = &thread->service->partitions;

    for (size_t i = 0; i < partitions->count; i++) {
        struct partition *partition = partitions->items[i];
        struct err err;
        int rc;

        if (partition->worker != worker || partition->state != PARTITION_STARTED ||
            partition->paused == hold)
            continue;
        rc = hold ? consumer_pause(thread->consumer, &partition->source, &err)
                  : consumer_resume(thread->consumer, &partition->source, &err);
        if (rc)
            log_warn("consumer", "a partition could not be held back or let go", LOG_ERR(&err));
        else
            partition->paused = hold;
    }
}

static bool all_are_full(const struct service *service)
{
    for (size_t i = 0; i < service->worker_count; i++)
        if (work_queue_bytes(worker_queue(service->workers[i])) < service->config->queue_bytes)
            return false;
    return true;
}

// A worker that has twice what it may has its partitions paused: polling goes on, so that the group
// keeps us, but librdkafka drops what it had fetched of them. Before it comes to that, nothing is
// polled for a while once every worker is full; as long as one is not, it gets its records.
static void balance(struct consumer_thread *thread)
{
    struct service *service = thread->service;
    size_t most = service->config->queue_bytes;

    for (size_t i = 0; i < service->worker_count; i++) {
        size_t bytes = work_queue_bytes(worker_queue(service->workers[i]));

        if (bytes < most / 2)
            hold_or_let_go(thread, i, false);
        else if (bytes >= most * 2)
            hold_or_let_go(thread, i, true);
    }
    for (int looks = 0; looks < FULL_LOOKS && all_are_full(service) && !service->stopping; looks++)
        work_queue_wait_below(worker_queue(service->workers[0]), most, FULL_LOOK_MS);
}

static void tell_log_end(struct consumer_thread *thread, struct partition *partition,
                         int64_t log_end, int64_t seen_at_us)
{
    struct work *work;

    if (log_end < partition->next_offset) {
        // Nothing that we have read is there any more: let the start judge it.
        partition->restart_wanted = true;
        return;
    }
    partition->seen_end = log_end;
    work = work_new(WORK_LOG_END, partition);
    if (work) {
        work->log_end.offset = log_end;
        work->log_end.seen_at_us = seen_at_us;
    }
    dispatch_work(thread, partition, work);
}

static size_t list_started(struct consumer_thread *thread, struct partition **started,
                           struct source *sources)
{
    struct partition_table *partitions = &thread->service->partitions;
    size_t count = 0;

    for (size_t i = 0; i < partitions->count; i++)
        if (partitions->items[i]->state == PARTITION_STARTED) {
            started[count] = partitions->items[i];
            sources[count++] = partitions->items[i]->source;
        }
    return count;
}

// Without a partition of ours, what shows that Kafka is there is its word on our topics.
static bool topics_are_there(struct consumer_thread *thread)
{
    const char *const *topics = thread->service->config->event_topics;
    bool there = true;
    struct topic_state state;
    struct err err;

    for (size_t i = 0; topics[i] && there; i++) {
        int rc =
            consumer_topic_state(thread->consumer, topics[i], LOG_ENDS_TIMEOUT_MS, &state, &err);

        thread->service->missing_topic = rc || state.exists ? NULL : topics[i];
        there = state.exists && !rc;
    }
    return there;
}

// Once a second, idle or not: where the logs end, for lag and freshness, and for tools that look at
// the group's own offsets.
static void look_around(struct consumer_thread *thread)
{
    struct partition *started[PARTITIONS_MAX];
    struct source sources[PARTITIONS_MAX];
    int64_t ends[PARTITIONS_MAX], seen_at_us = clock_now_us();
    size_t count = list_started(thread, started, sources);
    struct err err;

    if (!count) {
        thread->service->kafka_ready = topics_are_there(thread);
        return;
    }
    thread->service->kafka_ready =
        !consumer_log_ends(thread->consumer, sources, count, LOG_ENDS_TIMEOUT_MS, ends, &err);
    for (size_t i = 0; thread->service->kafka_ready && i < count; i++) {
        int64_t committed = started[i]->committed_offset;

        if (ends[i] >= 0)
            tell_log_end(thread, started[i], ends[i], seen_at_us);
        if (committed >= 0)
            consumer_commit_hint(thread->consumer, &started[i]->source, committed);
    }
}

static void tell_failure(struct consumer_thread *thread, int rc, const struct err *err)
{
    int64_t now_us = clock_monotonic_us();

    if (rc == FATAL)
        service_fail(thread->service, err);
    thread->service->kafka_ready = false;
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
    const struct partition_table *partitions = &thread->service->partitions;

    for (size_t i = 0; i < partitions->count; i++) {
        const struct partition *partition = partitions->items[i];

        if (partition->state == PARTITION_STARTED && !partition->paused &&
            partition->next_offset < partition->seen_end)
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

    dispatch_messages(thread, messages, count);
    if (rc)
        tell_failure(thread, rc, &err);
    return count;
}

static void *run(void *argument)
{
    struct consumer_thread *thread = argument;

    while (!thread->service->stopping) {
        bool behind, came;

        start_partitions(thread);
        balance(thread);
        behind = is_behind(thread);
        came = poll_once(thread, behind ? POLL_BEHIND_MS : POLL_MS);
        // Once its queue was full, librdkafka 2.0.2 looks again only after up to a second, or when
        // an answer from the broker wakes it: asking for the log's end does.
        if (clock_monotonic_us() >= thread->look_around_at_us || (behind && !came)) {
            look_around(thread);
            thread->look_around_at_us = clock_monotonic_us() + LOOK_AROUND_EVERY_US;
        }
    }
    return NULL;
}

int consumer_thread_start(struct consumer_thread *thread, struct err *err)
{
    if (pthread_create(&thread->thread, NULL, run, thread))
        return err_set(err, RETRY, "NO_THREAD", "the system gives no thread for the consumer");
    thread->started = true;
    return DONE;
}

void consumer_thread_join(struct consumer_thread *thread)
{
    if (thread->started)
        pthread_join(thread->thread, NULL);
    thread->started = false;
}
