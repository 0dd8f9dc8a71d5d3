// SPDX-License-Identifier: Apache-2.0
// The relay's thread: connects, takes the lock, and turns round between the outbox and the
// producer. What it sends and marks is in relay_publish.c.
#include "serve/relay/relay.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/smaller.h"
#include "base/wake.h"
#include "core/stream_resume.h"
#include "serve/relay/relay_private.h"
#include "store/ledger/change_pruning.h"

enum {
    LOOK_EVERY_US = 1000 * 1000, // should a notification be lost
    LOCK_EVERY_US = 1000 * 1000,
    COUNT_EVERY_US = 5 * 1000 * 1000,
    PRUNE_EVERY_US = 10 * 1000 * 1000,
    CHANGES_AT_ONCE = 1000,
    REPORTS_WAIT_US = 100 * 1000, // while some are to come
    FLUSH_MS = 1000,
    // Together about 4 MiB, which librdkafka holds.
    COMMAND_BYTES = 2 * 1024 * 1024,
    OTHER_BYTES = 1024 * 1024,
    DEAD_LETTERS_MAX = 200,
};

// What only the one that works can tell, the others tell as 0, so that a sum is right.
static void set_counts(struct relay *relay, const struct outbox_counts *counts)
{
    struct metrics *metrics = relay->process->metrics;

    metrics_set(metrics, METER_OUTBOX_ROWS, 0, 0, counts->rows);
    metrics_set(metrics, METER_COMMANDS_OPEN, 0, 0, counts->open);
    metrics_set(metrics, METER_COMMANDS_UNANSWERED, 0, 0, counts->unanswered);
}

static void tell_activity(struct relay *relay)
{
    bool is_active = outbox_is_locked(relay->outbox);

    if (is_active == relay->is_active)
        return;
    relay->is_active = is_active;
    metrics_set(relay->process->metrics, METER_RELAY_IS_ACTIVE, 0, 0, is_active);
    if (is_active) {
        log_info("relay", "this process publishes now");
    } else {
        log_info("relay", "this process publishes no more");
        set_counts(relay, &(struct outbox_counts){0});
    }
}

static void connect_and_lock(struct relay *relay)
{
    int64_t now_us = clock_monotonic_us();
    struct err err;
    bool held;

    if (!outbox_is_connected(relay->outbox) && now_us >= relay->postgres.at_us &&
        outbox_connect(relay->outbox, &err))
        relay_failed(relay, &relay->postgres, connection_failure_message(&err), &err);
    if (!outbox_is_connected(relay->outbox) || outbox_is_locked(relay->outbox) ||
        now_us < relay->lock_at_us)
        return;
    relay->lock_at_us = now_us + LOCK_EVERY_US;
    if (outbox_lock(relay->outbox, &held, &err))
        relay_failed(relay, &relay->postgres, "the relay's lock cannot be asked for", &err);
    else if (held)
        relay->look_at_us = relay->count_at_us = now_us;
}

static void look(struct relay *relay)
{
    int64_t now_us = clock_monotonic_us();

    if (relay->was_filled || now_us >= relay->look_at_us)
        relay->lanes[OUTBOX_COMMAND].may_have_more = relay->lanes[OUTBOX_DECISION].may_have_more =
            true;
    relay->was_filled = false;
    if (now_us < relay->look_at_us)
        return;
    // Nobody tells of dead letters, and nobody waits for them.
    relay->lanes[OUTBOX_DEAD_LETTER].may_have_more = true;
    relay->look_at_us = now_us + LOOK_EVERY_US;
}

static void count(struct relay *relay)
{
    int64_t now_us = clock_monotonic_us();
    struct outbox_counts counts;
    struct err err;

    if (now_us < relay->count_at_us)
        return;
    relay->count_at_us = now_us + COUNT_EVERY_US;
    if (outbox_count(relay->outbox, &counts, &err))
        relay_failed(relay, &relay->postgres, "the outbox cannot be counted", &err);
    else
        set_counts(relay, &counts);
}

// A few at a time, since commands wait meanwhile.
static void prune_changes(struct relay *relay)
{
    int64_t now_us = clock_monotonic_us();
    struct err err;
    size_t count;

    if (now_us < relay->prune_at_us)
        return;
    if (changes_prune(relay->outbox, CHANGES_KEPT_S, CHANGES_AT_ONCE, &count, &err))
        relay_failed(relay, &relay->postgres, "old changes cannot be forgotten", &err);
    if (count < CHANGES_AT_ONCE)
        relay->prune_at_us = now_us + PRUNE_EVERY_US;
}

// Until something is due that nobody wakes us for.
static int wait_ms(const struct relay *relay)
{
    int64_t now_us = clock_monotonic_us(), until_us = now_us + LOOK_EVERY_US;

    if (!outbox_is_connected(relay->outbox))
        until_us = smaller(until_us, relay->postgres.at_us);
    else if (outbox_is_locked(relay->outbox))
        until_us = smaller(until_us, relay->look_at_us);
    else
        until_us = smaller(until_us, relay->lock_at_us);
    if (relay->mark_at_us)
        until_us = smaller(until_us, relay->mark_at_us);
    for (size_t i = 0; i < OUTBOX_KINDS; i++) {
        const struct lane *lane = &relay->lanes[i];

        if (lane->sent)
            until_us = smaller(until_us, now_us + REPORTS_WAIT_US);
        if (lane->may_have_more && lane->retry_at_us > now_us)
            until_us = smaller(until_us, lane->retry_at_us);
    }
    return until_us > now_us ? (int)((until_us - now_us + 999) / 1000) : 0;
}

static void wait_for_something(struct relay *relay, int timeout_ms)
{
    bool filled = false;
    struct err err;

    if (outbox_wait(relay->outbox, relay->wake_fd, timeout_ms, &filled, &err))
        relay_failed(relay, &relay->postgres, "the connection to PostgreSQL was lost", &err);
    relay->was_filled |= filled;
    wake_clear(relay->wake_fd);
}

static void turn(struct relay *relay)
{
    bool again = false;

    connect_and_lock(relay);
    relay_poll(relay);
    relay_mark(relay);
    if (outbox_is_locked(relay->outbox)) {
        relay_prepare(relay);
        look(relay);
        again = relay_publish(relay);
    }
    if (outbox_is_locked(relay->outbox))
        count(relay);
    if (outbox_is_locked(relay->outbox))
        prune_changes(relay);
    if (outbox_is_connected(relay->outbox))
        relay->postgres.failures = 0;
    tell_activity(relay);
    wait_for_something(relay, again ? 0 : wait_ms(relay));
}

// Nothing more is claimed; what the brokers take in a short while is still marked.
static void finish(struct relay *relay)
{
    struct err err;

    if (relay->producer)
        producer_flush(relay->producer, FLUSH_MS, &err);
    relay_mark(relay);
    outbox_disconnect(relay->outbox);
    producer_free(relay->producer);
    relay->producer = NULL;
    tell_activity(relay);
}

static void *run(void *argument)
{
    struct relay *relay = argument;

    while (!relay->finishing)
        turn(relay);
    finish(relay);
    return NULL;
}

static int make(struct relay *relay, struct err *err)
{
    const struct config *config = relay->process->config;
    struct connection_options options = process_connection_options(relay->process, "relay");
    struct metrics *metrics = relay->process->metrics;

    lane_init(&relay->lanes[OUTBOX_COMMAND], OUTBOX_COMMAND, config->command_topic, metrics,
              LANE_RECORDS_MAX, COMMAND_BYTES);
    lane_init(&relay->lanes[OUTBOX_DECISION], OUTBOX_DECISION, config->decision_topic, metrics,
              LANE_RECORDS_MAX, OTHER_BYTES);
    lane_init(&relay->lanes[OUTBOX_DEAD_LETTER], OUTBOX_DEAD_LETTER, config->dead_letter_topic,
              metrics, DEAD_LETTERS_MAX, OTHER_BYTES);
    relay_records_init(&relay->records);
    relay->wake_fd = wake_open();
    if (relay->wake_fd < 0)
        return err_set(err, RETRY, "NO_DESCRIPTOR", "no event descriptor");
    relay->outbox = outbox_new(&options, err);
    return relay->outbox ? DONE : RETRY;
}

static void destroy(struct relay *relay)
{
    outbox_free(relay->outbox);
    relay_records_close(&relay->records);
    if (relay->wake_fd >= 0)
        close(relay->wake_fd);
    free(relay);
}

int relay_start(struct process *process, struct relay **out, struct err *err)
{
    struct relay *relay = calloc(1, sizeof *relay);
    int rc;

    if (!relay)
        return err_no_memory(err);
    relay->process = process;
    relay->wake_fd = -1;
    rc = make(relay, err);
    if (!rc && pthread_create(&relay->thread, NULL, run, relay))
        rc = err_set(err, RETRY, "NO_THREAD", "no thread for the relay");
    if (rc)
        destroy(relay);
    else
        *out = relay;
    return rc;
}

void relay_finish(struct relay *relay)
{
    if (!relay)
        return;
    relay->finishing = true;
    wake_up(relay->wake_fd);
}

void relay_free(struct relay *relay)
{
    if (!relay)
        return;
    relay_finish(relay);
    pthread_join(relay->thread, NULL);
    destroy(relay);
}
