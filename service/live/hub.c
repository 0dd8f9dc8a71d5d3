// SPDX-License-Identifier: Apache-2.0
#include "live/hub.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/condition.h"
#include "base/log.h"
#include "base/smaller.h"
#include "core/stream_resume.h"
#include "live/hub_private.h"

enum {
    ROUND_US = 100 * 1000,
    ROUND_ALONE_US = 1000 * 1000, // without clients: only the position has to keep up
    COMPLAIN_EVERY_US = 10 * 1000 * 1000,
    READS_MAX = 20, // how often changes are read in a round
};

static bool is_server(const struct hub *hub, const struct change_start *start)
{
    return start->server_started_us == hub->server_started_us &&
           start->is_replica == hub->server_is_replica;
}

// From which moment on a subscriber can resume. Another server may have another clock, so that
// nobody resumes from a moment of the server before.
static int64_t find_floor(const struct hub *hub, const struct change_start *start)
{
    int64_t floor_us = start->all_since_us;

    if (!hub->server_started_us)
        return floor_us;
    if (floor_us < hub->ring.floor_us)
        floor_us = hub->ring.floor_us;
    return !is_server(hub, start) && floor_us <= hub->position ? hub->position + 1 : floor_us;
}

// What was read before and what comes now do not join: all readers have to read their lists again.
static void begin_anew(struct hub *hub, const struct change_start *start)
{
    for (struct audience *at = hub->audiences; at; at = at->hh.next)
        audience_flood(at);
    change_ring_clear(&hub->ring, find_floor(hub, start));
    change_window_begin(&hub->window, start->after);
    hub->server_started_us = start->server_started_us;
    hub->server_is_replica = start->is_replica;
    hub->position = -1; // not known by this server's clock yet
}

// Goes on where the connection before left off. Begins anew if more was missed than can be read
// again, or on another server: one that was restarted may have lost the last ids, and a replica
// that was promoted has a clock of its own.
static int connect_changes(struct hub *hub, struct err *err)
{
    struct change_start start;
    int rc;

    if (change_reader_is_connected(hub->changes))
        return DONE;
    if (hub->now_us < hub->connecting.until_us)
        return err_set(err, RETRY, "NOT_CONNECTED", "the last attempt to connect failed");
    backoff_fail(&hub->connecting, hub->now_us); // until something was read
    rc = change_reader_connect(hub->changes, err);
    if (!rc)
        rc = change_reader_start(hub->changes, &start, err);
    if (!rc && (!is_server(hub, &start) || start.after > hub->window.highest))
        begin_anew(hub, &start);
    return rc;
}

// The jobs that a change names are read over another connection. A server that has not replayed the
// change yet would tell of them as they were before, so both connections lead to the same server.
static int connect_rows(struct hub *hub, struct err *err)
{
    int rc = reader_link_connect(&hub->rows, hub->now_us, err);

    if (rc || job_reader_server_started_us(hub->rows.reader) == hub->server_started_us)
        return rc;
    job_reader_disconnect(hub->rows.reader);
    change_reader_disconnect(hub->changes);
    return err_set(err, RETRY, "ANOTHER_SERVER",
                   "changes and jobs are not read from the same server yet");
}

// The latest moment at which a change became visible on the primary. It was visible at seen_us,
// when it was read; and its transaction, which began at began_at_us, cannot have committed later
// than CHANGE_COMMITS_WITHIN_S after that. The earlier moment holds.
static int64_t latest_visible_us(const struct viewed_change *change, int64_t seen_us)
{
    return smaller(change->began_at_us + CHANGE_COMMITS_WITHIN_S * US_PER_SECOND, seen_us);
}

// Remembers a change, and notes its jobs with their audiences.
static void note(struct hub *hub, const struct viewed_change *change, int64_t visible_us)
{
    struct audience *audience = NULL;

    change_ring_add(&hub->ring, visible_us, change->is_large ? NULL : change->keys, change->count);
    for (size_t i = 0; i < change->count; i++) {
        const struct job_key *key = &change->keys[i];

        if (!i || !slice_equal(key->organization_id, change->keys[i - 1].organization_id))
            audience = audience_find(hub->audiences, key->organization_id);
        if (audience && change->is_large)
            audience_flood(audience);
        else if (audience)
            audience_add(audience, key->job_id);
    }
}

static int read_changes(struct hub *hub, struct err *err)
{
    struct change_window *window = &hub->window;
    struct viewed_changes read = {0};

    for (int reads = 0; !read.is_all && reads < READS_MAX; reads++) {
        int rc = change_reader_read(hub->changes, window->highest, window->missing,
                                    window->missing_count, &read, err);

        if (rc)
            return rc;
        for (size_t i = 0; i < read.count; i++) {
            int64_t visible_us = latest_visible_us(&read.changes[i], read.seen_us);

            if (change_window_see(window, read.changes[i].id, visible_us))
                note(hub, &read.changes[i], visible_us);
        }
    }
    backoff_end(&hub->connecting);
    if (read.is_all)
        hub->position = read.asked_us;
    change_window_turn(window, read.asked_us);
    return DONE;
}

static int tell_changes(struct hub *hub, struct err *err)
{
    for (struct audience *at = hub->audiences; at; at = at->hh.next) {
        int rc = hub_tell_jobs(hub, at, hub->told, err);

        if (rc)
            return rc;
    }
    hub->told = hub->position;
    return DONE;
}

static int work(struct hub *hub, struct err *err)
{
    int rc = connect_changes(hub, err);

    if (!rc)
        rc = connect_rows(hub, err);
    if (!rc)
        rc = read_changes(hub, err);
    if (!rc)
        rc = tell_changes(hub, err);
    return rc ? rc : hub_admit(hub, err);
}

static void complain(struct hub *hub, const struct err *err)
{
    if (hub->now_us < hub->complain_at_us)
        return;
    hub->complain_at_us = hub->now_us + COMPLAIN_EVERY_US;
    log_warn("http", "the live stream stands still", LOG_ERR(err));
}

void hub_round(struct hub *hub, int64_t now_us, int64_t wall_us)
{
    struct err err;

    hub->now_us = now_us;
    hub->wall_us = wall_us;
    if (work(hub, &err))
        complain(hub, &err);
    hub_tell_each(hub);
}

// Waits until the next round is due, or somebody joins. False: the hub is stopping.
static bool pause_round(struct hub *hub)
{
    int64_t until_us = hub->now_us + (hub->clients || hub->arriving ? ROUND_US : ROUND_ALONE_US);
    bool is_early = true, goes_on;

    pthread_mutex_lock(&hub->mutex);
    while (!hub->stopping && !hub->joining && is_early)
        is_early = condition_wait_until(&hub->wakes, &hub->mutex, until_us);
    goes_on = !hub->stopping;
    pthread_mutex_unlock(&hub->mutex);
    return goes_on;
}

static void *run(void *self)
{
    struct hub *hub = self;

    do
        hub_round(hub, clock_monotonic_us(), clock_now_us());
    while (pause_round(hub));
    hub_end_all(hub);
    return NULL;
}

static int make(struct hub *hub, const struct hub_options *options, struct err *err)
{
    hub->options = *options;
    pthread_mutex_init(&hub->mutex, NULL);
    condition_init(&hub->wakes);
    visit_init(&hub->visit);
    change_ring_init(&hub->ring, RESUME_MEMORY_BYTES);
    hub->as_of_us = TIME_NONE;
    hub->told = -1;
    hub->position = -1;
    hub->changes = change_reader_new(&options->store, err);
    if (hub->changes)
        hub->rows.reader = job_reader_new(&options->store, err);
    return hub->rows.reader ? DONE : (int)err->disposition;
}

int hub_new(const struct hub_options *options, struct hub **out, struct err *err)
{
    struct hub *hub = calloc(1, sizeof *hub);
    int rc;

    if (!hub)
        return err_no_memory(err);
    rc = make(hub, options, err);
    if (rc)
        hub_free(hub);
    else
        *out = hub;
    return rc;
}

int hub_start(const struct hub_options *options, struct hub **out, struct err *err)
{
    struct hub *hub;
    int rc = hub_new(options, &hub, err);

    if (rc)
        return rc;
    if (pthread_create(&hub->thread, NULL, run, hub)) {
        hub_free(hub);
        return err_set(err, RETRY, "NO_THREAD", "the system gives no thread for the live stream");
    }
    hub->is_started = true;
    *out = hub;
    return DONE;
}

// When to come back belongs to the first message, whichever it is: a block of its own would be
// handed on by some clients as an event without data.
static void greet(struct subscriber *subscriber)
{
    struct frame *greeting = frame_of("retry: 1000\n");

    subscriber_add(subscriber, greeting);
    frame_free(greeting);
}

void hub_join(struct hub *hub, struct subscriber *subscriber)
{
    bool is_taken;

    greet(subscriber);
    pthread_mutex_lock(&hub->mutex);
    is_taken = !hub->stopping;
    if (is_taken) {
        subscriber->next = hub->joining;
        hub->joining = subscriber_share(subscriber);
        pthread_cond_signal(&hub->wakes);
    }
    pthread_mutex_unlock(&hub->mutex);
    if (!is_taken)
        subscriber_end(subscriber, STREAM_STOPPING);
}

int64_t hub_position(const struct hub *hub)
{
    return hub->position;
}

void hub_finish(struct hub *hub)
{
    if (!hub || !hub->is_started)
        return;
    pthread_mutex_lock(&hub->mutex);
    hub->stopping = true;
    pthread_cond_signal(&hub->wakes);
    pthread_mutex_unlock(&hub->mutex);
    pthread_join(hub->thread, NULL);
    hub->is_started = false;
}

void hub_free(struct hub *hub)
{
    if (!hub)
        return;
    hub_finish(hub);
    hub_end_all(hub);
    change_reader_free(hub->changes);
    job_reader_free(hub->rows.reader);
    change_ring_clear(&hub->ring, 0);
    visit_free(&hub->visit);
    pthread_cond_destroy(&hub->wakes);
    pthread_mutex_destroy(&hub->mutex);
    free(hub);
}
