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
        for (size_t i = 0; i < OUTBOX_KINDS; i++)
            relay->lanes[i].waits_since_us = 0;
        set_counts(relay, &(struct outbox_counts){0});
    }
}

static int connect(struct relay *relay, struct err *err)
{
    bool is_another = false;
    int rc = outbox_connect(relay->outbox, err);

    if (!rc)
        rc = relay_learn_epoch(relay, &is_another, err);
    if (is_another) {
        log_warn("relay",
                 "the database has another past than before: a replica was promoted, or it "
                 "was restored");
        relay_forget(relay);
    }
    return rc;
}

static void connect_and_lock(struct relay *relay)
{
    struct err err;

    if (!outbox_is_connected(relay->outbox) && clock_monotonic_us() >= relay->postgres.at_us &&
        connect(relay, &err))
        relay_failed(relay, &relay->postgres, connection_failure_message(&err), &err);
    if (outbox_is_connected(relay->outbox) && !outbox_is_locked(relay->outbox))
        relay_take_lock(relay);
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

// A few at a time, since commands wait meanwhile. Whether there is more to forget at once. While
// commands are on their way it is left at a portion a second.
static bool prune_changes(struct relay *relay, bool is_busy)
{
    int64_t now_us = clock_monotonic_us();
    struct err err;
    size_t count;

    is_busy |= relay->lanes[OUTBOX_COMMAND].sent > 0;
    if (now_us < relay->prune_at_us || (is_busy && now_us < relay->pruned_at_us + LOOK_EVERY_US))
        return false;
    if (changes_prune(relay->outbox, CHANGES_KEPT_S, CHANGES_AT_ONCE, &count, &err))
        relay_failed(relay, &relay->postgres, "old changes cannot be forgotten", &err);
    else
        relay_worked(&relay->postgres);
    relay->pruned_at_us = now_us;
    if (count < CHANGES_AT_ONCE)
        relay->prune_at_us = now_us + PRUNE_EVERY_US;
    return count == CHANGES_AT_ONCE;
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

    relay_prepare_producer(relay);
    relay_look_at_topics(relay);
    connect_and_lock(relay);
    relay_poll(relay);
    relay_mark(relay);
    if (outbox_is_locked(relay->outbox)) {
        relay_prepare_schemas(relay);
        look(relay);
        again = relay_compare(relay);
        if (!relay->comparison.holds)
            again |= relay_publish(relay);
    }
    if (outbox_is_locked(relay->outbox))
        count(relay);
    if (outbox_is_locked(relay->outbox))
        again |= prune_changes(relay, again);
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
    if (outbox_is_locked(relay->outbox))
        relay_note_positions(relay);
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
    return relay->outbox ? topic_watch_init(&relay->topics, relay->process, err) : RETRY;
}

static void destroy(struct relay *relay)
{
    relay_comparison_close(relay);
    outbox_free(relay->outbox);
    topic_watch_close(&relay->topics);
    relay_records_close(&relay->records);
    if (relay->wake_fd >= 0)
        close(relay->wake_fd);
    free(relay);
}

int relay_new(struct process *process, struct relay **out, struct err *err)
{
    struct relay *relay = calloc(1, sizeof *relay);
    int rc;

    if (!relay)
        return err_no_memory(err);
    relay->process = process;
    relay->wake_fd = -1;
    rc = make(relay, err);
    if (rc)
        destroy(relay);
    else
        *out = relay;
    return rc;
}

int relay_start(struct relay *relay, struct err *err)
{
    if (pthread_create(&relay->thread, NULL, run, relay))
        return err_set(err, RETRY, "NO_THREAD", "no thread for the relay");
    relay->started = true;
    return DONE;
}

// What keeps it from publishing. Of what only the one that works can know, the others know nothing.
bool relay_is_ready(const struct relay *relay, struct buffer *reasons)
{
    int64_t now_us = clock_monotonic_us(), since_us;
    bool ready = topic_watch_is_ready(&relay->topics, reasons);
    const char *reason;

    if (trouble_lasts(&relay->postgres.trouble, now_us, &since_us, &reason)) {
        trouble_append(reasons, "the relay cannot write", since_us, reason);
        ready = false;
    }
    if (trouble_lasts(&relay->lock, now_us, &since_us, &reason)) {
        buffer_append_format(reasons,
                             "the session %d of PostgreSQL holds the relay's lock and is no relay, "
                             "so that nothing is published or forgotten (end it: select "
                             "pg_terminate_backend(%d))",
                             (int)relay->lock_holder, (int)relay->lock_holder);
        trouble_append(reasons, "", since_us, reason);
        ready = false;
    }
    if (relay->comparison.holds &&
        trouble_lasts(&relay->comparison.retry.trouble, now_us, &since_us, &reason)) {
        trouble_append(
            reasons,
            "the ledger may lack what was decided last, and what was published cannot be "
            "read to find it again, so that nothing is decided or published",
            since_us, reason);
        ready = false;
    }
    for (size_t i = 0; i < OUTBOX_KINDS; i++)
        ready &= !relay->is_active || !lane_stands_still(&relay->lanes[i], now_us, reasons);
    return ready;
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
    if (relay->started)
        pthread_join(relay->thread, NULL);
    destroy(relay);
}
