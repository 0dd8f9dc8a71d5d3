// SPDX-License-Identifier: Apache-2.0
#include "rebuild/filling.h"

#include <poll.h>
#include <stdlib.h>

#include "base/random.h"
#include "base/smaller.h"
#include "core/pack.h"

enum {
    BATCH_RECORDS_MAX = 32768,
    BATCH_BYTES_MAX = 6 * 1024 * 1024,
    WAIT_MS = 100,
    ROWS_AT_ONCE = 500, // of the live projection; a row has 200 kB at most
};

static uint64_t draw(void *self)
{
    struct filling *filling = self;

    if (!filling->drawn_left) {
        random_bytes(filling->drawn, sizeof filling->drawn);
        filling->drawn_left = FILLING_DRAWN;
    }
    return filling->drawn[--filling->drawn_left];
}

static int interrupted(struct err *err)
{
    return err_set(err, RETRY, "INTERRUPTED", "interrupted");
}

// Lets PostgreSQL go on.
static int step(struct filling *filling, struct err *err)
{
    struct batch_done done;
    bool committed;

    return projector_step(filling->projector, &done, &committed, err);
}

static void wait_for_store(const struct filling *filling)
{
    bool wants_write = false;
    const int socket = batch_store_socket(filling->store, &wants_write);
    struct pollfd fd = {.fd = socket, .events = (short)(POLLIN | (wants_write ? POLLOUT : 0))};

    poll(&fd, 1, WAIT_MS);
}

static int make_room(struct filling *filling, struct err *err)
{
    int rc = DONE;

    while (!rc && !projector_has_room(filling->projector)) {
        if (filling->is_stopped(filling->self))
            return interrupted(err);
        rc = step(filling, err);
        if (!rc && !projector_has_room(filling->projector))
            wait_for_store(filling);
    }
    return rc;
}

static bool is_wanted(void *self, const struct job_key *key)
{
    (void)self, (void)key;
    return true;
}

static int fold(void *self, const struct event *event, const struct event_ref *where,
                struct err *err)
{
    struct filling *filling = self;
    bool changed;
    int rc = make_room(filling, err);

    return rc ? rc
              : projector_event(filling->projector, filling->tracks[where->source], where->offset,
                                event, &changed, err);
}

static int is_put_aside(void *self, size_t source, const struct put_aside *record, bool *is,
                        struct err *err)
{
    struct filling *filling = self;

    return log_walk_is_put_aside(&filling->walk, source, record, is, err);
}

// A gap is noted before the position passes it, whatever becomes of us then.
static int note_gaps(struct filling *filling, struct err *err)
{
    int rc = DONE;

    if (filling->taker.counts.undecodable > filling->gaps)
        rc = projections_note_gap(filling->projections, err);
    filling->gaps = filling->taker.counts.undecodable;
    return rc;
}

// Positions follow the walk: all before them is folded.
static int advance(struct filling *filling, struct err *err)
{
    int rc = note_gaps(filling, err);

    for (size_t i = 0; !rc && i < filling->walk.count; i++)
        track_advance(filling->tracks[i], filling->walk.logs[i].cursor, NULL);
    return rc ? rc : step(filling, err);
}

static void progressed(void *self)
{
    struct filling *filling = self;

    if (!filling->rc)
        filling->rc = advance(filling, &filling->err);
    filling->progressed(filling->self, log_walk_done(&filling->walk),
                        log_walk_length(&filling->walk), filling->taker.counts.records);
}

static bool is_stopped(void *self)
{
    const struct filling *filling = self;

    return filling->rc || filling->is_stopped(filling->self);
}

// A topic of which no position is kept may have been read once, and rows may know of it.
static int note_unread_topics(struct filling *filling, const struct config *config, struct err *err)
{
    const char *const *topics = config->event_topics;
    int rc = DONE;

    for (; !rc && *topics; topics++) {
        size_t place = 0;

        while (place < filling->walk.count &&
               !slice_equal(filling->walk.logs[place].source.topic, slice_of(*topics)))
            place++;
        if (place == filling->walk.count)
            rc = projections_note_gap(filling->projections, err);
    }
    return rc;
}

// Where the filling stands in a log, or where the log begins.
static int take_log(struct filling *filling, size_t place, struct err *err)
{
    struct walked_log *log = &filling->walk.logs[place];
    const int64_t low = log->range.low > 0 ? log->range.low : 0;
    struct source_position position;
    int rc = projections_position(filling->projections, &log->source, &position, err);

    if (rc)
        return rc;
    if ((position.next_offset < 0 ? 0 : position.next_offset) < low)
        rc = projections_note_gap(filling->projections, err);
    if (!rc && position.next_offset < 0) {
        // What begins behind the live position, which is read no further, is at that.
        position.next_offset = smaller(low, log->position.next_offset);
        rc = projections_add_source(filling->projections, &log->source, position.next_offset, err);
    }
    log->begin = position.next_offset;
    filling->tracks[place] =
        rc ? NULL : projector_take(filling->projector, &log->source, &position);
    return rc || filling->tracks[place] ? rc : err_no_memory(err);
}

static int open_store(struct filling *filling, const struct config *config, struct err *err)
{
    const struct connection_options options = {
        .conninfo = config->postgres_conninfo,
        .application_name = "jobtrail rebuild",
        .owner = "jobtrail rebuild",
        .connect_timeout_ms = config->connect_timeout_ms,
        .statement_timeout_ms = config->statement_timeout_ms,
        .transaction_timeout_ms = config->transaction_timeout_ms,
        .projection = FILLED_PROJECTION,
    };
    int rc;

    filling->store = batch_store_new(&options, err);
    if (!filling->store)
        return RETRY;
    rc = batch_store_connect(filling->store, err);
    if (rc)
        return rc;
    filling->projector = projector_new(&(struct projector_options){
        .store = batch_store_port(filling->store),
        .random = {.self = filling, .u64 = draw},
        .horizons = &batch_store_rules(filling->store)->horizons,
        .erasures = &batch_store_rules(filling->store)->erasures,
        .batch_records_max = BATCH_RECORDS_MAX,
        .batch_bytes_max = BATCH_BYTES_MAX,
        .cache_bytes_max = config->cache_bytes,
    });
    return filling->projector ? DONE : err_no_memory(err);
}

static int open_walk(struct filling *filling, const struct config *config, struct err *err)
{
    const struct model_position *positions;
    size_t count = 0;
    int rc = model_positions(filling->model, &positions, &count, err);

    filling->walk = (struct log_walk){
        .model = filling->model,
        .taker = &filling->taker,
        .since_us = TIME_NONE,
        .rate = filling->rate,
        .timeout_ms = filling->timeout_ms,
        .progressed = progressed,
        .is_stopped = is_stopped,
        .self = filling,
    };
    if (!rc)
        rc = log_walk_open(&filling->walk, config, positions, count, err);
    filling->tracks = calloc(count + 1, sizeof(*filling->tracks));
    if (!rc && !filling->tracks)
        rc = err_no_memory(err);
    for (size_t i = 0; !rc && i < filling->walk.count; i++)
        rc = take_log(filling, i, err);
    if (!rc)
        rc = note_unread_topics(filling, config, err);
    return rc ? rc : log_walk_rewind(&filling->walk, err);
}

int filling_open(struct filling *filling, const struct config *config, struct err *err)
{
    int rc;

    filling->taker = (struct event_taker){.is_wanted = is_wanted,
                                          .fold = fold,
                                          .is_put_aside = is_put_aside,
                                          .is_stopped = is_stopped,
                                          .self = filling};
    rc = event_taker_open(&filling->taker, config, err);
    if (!rc)
        rc = open_store(filling, config, err);
    return rc ? rc : open_walk(filling, config, err);
}

void filling_close(struct filling *filling)
{
    log_walk_close(&filling->walk);
    event_taker_close(&filling->taker);
    projector_free(filling->projector);
    batch_store_free(filling->store);
    free(filling->tracks);
}

void filling_set_timeout(struct filling *filling, int timeout_ms)
{
    filling->walk.timeout_ms = timeout_ms;
}

static int drain(struct filling *filling, struct err *err)
{
    int rc = DONE;

    while (!rc && !projector_is_idle(filling->projector)) {
        if (filling->is_stopped(filling->self))
            return interrupted(err);
        rc = step(filling, err);
        if (!rc && !projector_is_idle(filling->projector))
            wait_for_store(filling);
    }
    return rc;
}

static int check_lost(const struct filling *filling, struct err *err)
{
    for (size_t i = 0; i < filling->walk.count; i++) {
        const struct walked_log *log = &filling->walk.logs[i];

        if (log->is_lost && log->cursor < log->target)
            return err_set(
                err, RETRY, "UNREADABLE",
                "%.100s[%d] cannot be read up to where it was projected: %.300s. Run this "
                "again when it can, or, of a topic that is gone for good, jobtrail "
                "positions forget it first",
                log->source.topic.data, (int)log->source.partition, log->why.text);
    }
    return DONE;
}

int filling_catch_up(struct filling *filling, bool *is_new, struct err *err)
{
    const struct model_position *positions;
    size_t count;
    int rc = model_positions(filling->model, &positions, &count, err);

    if (!rc)
        rc = log_walk_to(&filling->walk, positions, count, is_new, err);
    if (filling->rc) {
        *err = filling->err;
        return filling->rc;
    }
    if (!rc)
        rc = check_lost(filling, err);
    if (!rc)
        rc = advance(filling, err);
    return rc ? rc : drain(filling, err);
}

bool filling_has_horizons(const struct filling *filling)
{
    return batch_store_rules(filling->store)->horizons.latest_us != TIME_NONE;
}

static int join_row(struct filling *filling, const struct stored_row *stored, struct err *err)
{
    struct row *row = NULL;
    int rc = make_room(filling, err);

    if (!rc)
        rc = unpack_row(&stored->columns, &row, err);
    if (!rc)
        rc = projector_row(filling->projector, row, err);
    row_free(row);
    return rc;
}

// The jobs behind that one, which becomes the last of them.
static int join_some(struct filling *filling, struct own_key *behind, size_t *count,
                     struct err *err)
{
    const struct job_key *keys;
    const struct stored_row *rows;
    size_t found;
    int rc = model_keys(filling->model, own_key_is_set(behind) ? &behind->key : NULL, SLICE_NULL,
                        ROWS_AT_ONCE, &keys, count, err);

    if (!rc)
        rc = model_rows(filling->model, keys, *count, &rows, &found, err);
    for (size_t i = 0; !rc && i < found; i++)
        rc = join_row(filling, &rows[i], err);
    if (!rc && *count)
        own_key_set(behind, &keys[*count - 1]);
    return rc;
}

int filling_join_live(struct filling *filling, uint64_t total, struct err *err)
{
    struct own_key behind = {0};
    uint64_t done = 0;
    size_t count = 0;
    int rc;

    do {
        rc = filling->is_stopped(filling->self) ? interrupted(err)
                                                : join_some(filling, &behind, &count, err);
        done += count;
        filling->progressed(filling->self, done, done > total ? done : total, done);
    } while (!rc && count);
    return rc ? rc : drain(filling, err);
}
