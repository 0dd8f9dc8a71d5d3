// SPDX-License-Identifier: Apache-2.0
// The sender. It lends each entry's bytes to librdkafka until its report comes, so that nothing is
// copied; the tail follows the oldest that is not settled.
//
// A report of failure is Kafka's last word only where the record itself is refused. For any other
// the entry is sent again, after a pause that grows; and when the producer has failed for good,
// another one is made and all that is not settled is sent again: the service knows an event that
// comes twice by its id.
#include <stdlib.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/condition.h"
#include "base/fault.h"
#include "base/wake.h"
#include "client/emitter.h"
#include "client/error.h"
#include "kafka/producer.h"
#include "wire/headers.h"
#include "wire/schemas.h"

enum {
    IDLE_US = 1000 * 1000,
    // Reports are awaited for so long, while others may tell more: longer while nothing happens.
    POLL_LEAST_MS = 1,
    POLL_MOST_MS = 50,
    SYNC_EVERY_US = 100 * 1000,
    HEADERS_MOST = CLOUD_EVENT_HEADERS + 1,
};

struct sender {
    struct jobtrail_emitter *emitter;
    const char *topic;
    bool writes_cloud_events;
    bool syncs; // there is a spool
    pthread_t thread;
    struct producer *producer; // owned; NULL: another one could not be made yet
    // The thread's own.
    uint64_t head, sent, settled; // known head; up to where was sent; the next tail
    uint64_t settled_count;       // entries before settled whose room is not free yet
    uint64_t delivered;           // not counted by the emitter yet
    size_t under_way;             // with librdkafka
    int poll_ms;
    bool is_broken; // the producer has failed for good
    bool has_again; // an entry has to be sent again
    int64_t sync_at_us;
    struct backoff backoff;
};

// ---- reports

static void tell_delivery(struct jobtrail_emitter *emitter, const struct entry *entry,
                          int32_t partition, int64_t offset, const struct err *err)
{
    char job_id[ID_MAX_BYTES + 1], event_id[UUID_TEXT_SIZE];
    struct jobtrail_error error;
    const struct jobtrail_delivery delivery = {
        .record = event_kind_name((enum event_kind)entry->kind),
        .job_id = job_id,
        .event_id = event_id,
        .attempt = entry->attempt,
        .partition = partition,
        .offset = offset,
        .error = err ? &error : NULL,
    };

    if (!emitter->delivered)
        return;
    memcpy(job_id, entry_job_id(entry), entry->job_id_size);
    job_id[entry->job_id_size] = '\0';
    uuid_format(&entry->id, event_id);
    if (err)
        error_pass(&error, JOBTRAIL_KAFKA, err);
    emitter->delivered(emitter->self, &delivery);
}

static bool is_refused(const struct err *err)
{
    return err->disposition == FATAL && strcmp(err->reason, "KAFKA_FATAL") != 0;
}

static void say_trouble(struct sender *sender, const struct err *err)
{
    struct jobtrail_emitter *emitter = sender->emitter;
    bool is_news;

    pthread_mutex_lock(&emitter->lock);
    is_news = !emitter->trouble.disposition || strcmp(emitter->trouble.reason, err->reason) != 0;
    emitter->trouble = *err;
    pthread_mutex_unlock(&emitter->lock);
    if (is_news)
        log_warn("emitter", "events wait for Kafka", LOG_ERR(err));
}

static void settle_refused(struct sender *sender, struct entry *entry, const struct err *err)
{
    struct jobtrail_emitter *emitter = sender->emitter;

    entry->state = ENTRY_DONE;
    pthread_mutex_lock(&emitter->lock);
    emitter->counts.refused++;
    emitter->refusal = *err;
    pthread_mutex_unlock(&emitter->lock);
    log_error("emitter", "Kafka refuses an event for good", LOG_ERR(err));
    tell_delivery(emitter, entry, -1, -1, err);
}

static void on_report(void *self, void *tag, int32_t partition, int64_t offset,
                      const struct err *err)
{
    struct sender *sender = self;
    struct entry *entry = tag;

    sender->under_way--;
    if (!err) {
        FAULT_POINT("client-reported");
        entry->state = ENTRY_DONE;
        sender->delivered++;
        tell_delivery(sender->emitter, entry, partition, offset, NULL);
        return;
    }
    if (is_refused(err)) {
        settle_refused(sender, entry, err);
        return;
    }
    entry->state = ENTRY_AGAIN;
    sender->is_broken |= err->disposition == FATAL;
    if (!sender->has_again)
        backoff_fail(&sender->backoff, clock_monotonic_us());
    sender->has_again = true;
    say_trouble(sender, err);
}

// ---- sending

static size_t make_headers(const struct sender *sender, const struct entry *entry,
                           struct cloud_event *cloud, struct record_header *headers)
{
    struct slice traceparent = entry_traceparent(entry);
    size_t count = 0, schemas;

    if (sender->writes_cloud_events) {
        cloud_event_make(cloud, &entry->id, entry->occurred_at_us, sender->emitter->source,
                         slice_of(own_schemas(&schemas)[entry->kind].full_name),
                         (struct slice){entry_job_id(entry), entry->job_id_size});
        memcpy(headers, cloud->headers, sizeof cloud->headers);
        count = CLOUD_EVENT_HEADERS;
    }
    if (traceparent.size)
        headers[count++] = (struct record_header){SLICE_LITERAL(HEADER_TRACEPARENT), traceparent};
    return count;
}

// DONE: it is on its way, or refused for good. RETRY: it stays as it is.
static int send_entry(struct sender *sender, struct entry *entry)
{
    struct record_header headers[HEADERS_MOST];
    struct cloud_event cloud;
    struct err err;
    const struct producer_record record = {
        .topic = sender->topic,
        .partition = -1,
        .key = {entry_job_id(entry), entry->job_id_size},
        .value = entry_value(entry),
        .headers = headers,
        .header_count = make_headers(sender, entry, &cloud, headers),
        .tag = entry,
        .is_lent = true,
    };
    const int rc = producer_send(sender->producer, &record, &err);

    if (!rc) {
        entry->state = ENTRY_SENT;
        sender->under_way++;
        FAULT_POINT("client-sent");
        return DONE;
    }
    if (is_refused(&err)) {
        settle_refused(sender, entry, &err);
        return DONE;
    }
    sender->is_broken |= rc == FATAL;
    if (strcmp(err.reason, "QUEUE_FULL") != 0)
        say_trouble(sender, &err);
    return RETRY;
}

// As far as librdkafka has room.
static void send_new(struct sender *sender)
{
    const struct ring *ring = &sender->emitter->ring;

    while (sender->sent < sender->head) {
        uint64_t position = sender->sent;
        struct entry *entry = ring_next(ring, &position, sender->head);

        if (entry && entry->state != ENTRY_DONE && send_entry(sender, entry))
            return;
        sender->sent = position;
    }
}

static void send_again(struct sender *sender)
{
    uint64_t position = sender->settled;
    struct entry *entry;

    if (!sender->has_again || clock_monotonic_us() < sender->backoff.until_us)
        return;
    while ((entry = ring_next(&sender->emitter->ring, &position, sender->sent)))
        if (entry->state == ENTRY_AGAIN && send_entry(sender, entry))
            return;
    sender->has_again = false;
}

// ---- the producer

static int make_producer(struct sender *sender, struct err *err)
{
    const struct client_config *config = sender->emitter->config;
    const size_t count = config->property_count + 2;
    struct kafka_property *properties = calloc(count, sizeof *properties);
    int rc;

    if (!properties)
        return err_no_memory(err);
    // Ours come first, so that the host's win. An event is not given up for time; the queue's bound
    // is ours.
    properties[0] = (struct kafka_property){"message.timeout.ms", "0"};
    properties[1] = (struct kafka_property){"queue.buffering.max.messages", "10000000"};
    memcpy(properties + 2, config->properties, config->property_count * sizeof *properties);
    rc = producer_new(properties, count, on_report, sender, &sender->producer, err);
    free(properties);
    if (!rc && producer_expect(sender->producer, sender->topic, err)) {
        producer_free(sender->producer);
        sender->producer = NULL;
        rc = (int)err->disposition;
    }
    return rc;
}

// All that is not settled is sent once more, by another producer.
static void replace_producer(struct sender *sender)
{
    struct err err;

    if (clock_monotonic_us() < sender->backoff.until_us)
        return;
    backoff_fail(&sender->backoff, clock_monotonic_us());
    producer_free(sender->producer);
    sender->producer = NULL;
    sender->under_way = 0;
    sender->has_again = false;
    sender->sent = sender->settled;
    if (make_producer(sender, &err)) {
        say_trouble(sender, &err);
        return;
    }
    sender->is_broken = false;
    log_warn("emitter", "another producer sends what is not acknowledged");
}

// ---- room

static void find_settled(struct sender *sender)
{
    const struct ring *ring = &sender->emitter->ring;

    while (sender->settled < sender->sent) {
        uint64_t position = sender->settled;
        const struct entry *entry = ring_next(ring, &position, sender->sent);

        if (entry && entry->state != ENTRY_DONE)
            return;
        sender->settled_count += entry != NULL;
        sender->settled = position;
    }
}

// Under the lock. Whether somebody waits for room who was told that there is none.
static bool release(struct sender *sender, struct err *err)
{
    struct jobtrail_emitter *emitter = sender->emitter;
    const uint64_t delivered = sender->delivered;
    bool was_full = emitter->is_full;

    err->disposition = DONE;
    if (sender->settled != emitter->ring.tail) {
        ring_release(&emitter->ring, sender->settled, sender->settled_count, err);
        sender->settled_count = 0;
    }
    emitter->counts.delivered += delivered;
    sender->delivered = 0;
    if (delivered) {
        emitter->trouble.disposition = DONE;
        backoff_end(&sender->backoff);
    }
    emitter_release_held(emitter);
    // As much as ticks want: who waits for room shall not have to again at once.
    emitter->is_full = was_full && !emitter_has_room(emitter, ENTRY_MOST, true);
    pthread_cond_broadcast(&emitter->freed);
    if (!was_full || emitter->is_full)
        return false;
    wake_up(emitter->room_fd);
    return true;
}

static void sync_spool(struct sender *sender)
{
    struct err err;

    if (!sender->syncs || clock_monotonic_us() < sender->sync_at_us)
        return;
    sender->sync_at_us = clock_monotonic_us() + SYNC_EVERY_US;
    if (spool_sync_to(sender->emitter->ring.spool, sender->head, &err))
        log_error("emitter", "the spool's disk refuses", LOG_ERR(&err));
}

static void free_room(struct sender *sender)
{
    struct jobtrail_emitter *emitter = sender->emitter;
    struct err err;
    bool has_room;

    find_settled(sender);
    pthread_mutex_lock(&emitter->lock);
    has_room = release(sender, &err);
    sender->head = emitter->ring.head;
    pthread_mutex_unlock(&emitter->lock);
    if (err.disposition)
        log_error("emitter", "the spool's disk refuses", LOG_ERR(&err));
    if (has_room && emitter->room)
        emitter->room(emitter->self);
}

// ---- the thread

// Whether it shall go on.
static bool await_work(struct sender *sender)
{
    struct jobtrail_emitter *emitter = sender->emitter;
    bool goes_on;

    pthread_mutex_lock(&emitter->lock);
    if (!emitter->is_ending && !sender->producer) {
        condition_wait_until(&emitter->work, &emitter->lock, sender->backoff.until_us);
    } else if (!emitter->is_ending && emitter->ring.head == sender->sent && !sender->under_way &&
               !sender->has_again && !sender->is_broken) {
        emitter->is_idle = true;
        condition_wait_until(&emitter->work, &emitter->lock, clock_monotonic_us() + IDLE_US);
        emitter->is_idle = false;
    }
    sender->head = emitter->ring.head;
    goes_on = !emitter->is_ending;
    pthread_mutex_unlock(&emitter->lock);
    return goes_on;
}

static void poll_reports(struct sender *sender, bool was_busy)
{
    const uint64_t sent = sender->sent, delivered = sender->delivered;
    struct err err;
    int rc = producer_poll(sender->producer, sender->poll_ms, &err);

    if (was_busy || sender->sent != sent || sender->delivered != delivered)
        sender->poll_ms = POLL_LEAST_MS;
    else if (sender->poll_ms < POLL_MOST_MS)
        sender->poll_ms *= 2;
    sender->is_broken |= rc == FATAL;
    if (rc)
        say_trouble(sender, &err);
}

static void *run(void *self)
{
    struct sender *sender = self;

    log_divert(&sender->emitter->config->log);
    while (await_work(sender)) {
        const uint64_t sent = sender->sent;

        if (sender->is_broken)
            replace_producer(sender);
        if (!sender->is_broken) {
            send_again(sender);
            send_new(sender);
        }
        if (sender->producer)
            poll_reports(sender, sender->sent != sent);
        sync_spool(sender);
        free_room(sender);
    }
    // Here, where what it says goes to the host's log.
    producer_free(sender->producer);
    return NULL;
}

int sender_start(struct jobtrail_emitter *emitter, struct sender **out, struct err *err)
{
    const struct options *options = emitter->config->options;
    struct sender *sender = calloc(1, sizeof *sender);
    int rc;

    if (!sender)
        return err_no_memory(err);
    sender->emitter = emitter;
    sender->poll_ms = POLL_LEAST_MS;
    sender->topic = options_text(options, "topic.events");
    sender->writes_cloud_events = options_choice(options, "cloud.events") != 0;
    sender->syncs = emitter->ring.spool != NULL;
    sender->head = emitter->ring.head;
    sender->sent = sender->settled = emitter->ring.tail;
    rc = make_producer(sender, err);
    if (!rc && pthread_create(&sender->thread, NULL, run, sender)) {
        producer_free(sender->producer);
        rc = err_set(err, RETRY, "NO_THREAD", "the system gives no thread");
    }
    if (rc) {
        free(sender);
        return rc;
    }
    *out = sender;
    return DONE;
}

void sender_stop(struct sender *sender)
{
    struct jobtrail_emitter *emitter = sender->emitter;

    pthread_mutex_lock(&emitter->lock);
    emitter->is_ending = true;
    emitter_wake(emitter);
    pthread_mutex_unlock(&emitter->lock);
    pthread_join(sender->thread, NULL);
    free(sender);
}
