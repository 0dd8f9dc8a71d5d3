// SPDX-License-Identifier: Apache-2.0
// Fills a projection beside the live one: from the log, as far as the live one is read, and from
// the live one's rows. It has nothing by which anything could be published: a log reader, which can
// only read, and a store of rows, totals and positions, in which nothing else is prepared
// (tests/lint/house_rules.py holds that). Of one thread.
#pragma once

#include "core/projector.h"
#include "store/projection/batch_store.h"
#include "store/rebuild/projections.h"
#include "verify/log_walk.h"
#include "verify/scope.h"

enum { FILLING_DRAWN = 256 };

struct filling {
    struct projections *projections; // borrowed, with what follows, set before
    struct model_reader *model;      // of the live projection
    int64_t rate;                    // records a second; 0: as many as there are
    int timeout_ms;                  // a partition that gives nothing for so long cannot be read
    void (*progressed)(void *self, uint64_t done, uint64_t total, uint64_t records);
    bool (*is_stopped)(void *self);
    void *self;

    struct log_walk walk;
    struct event_taker taker;
    struct batch_store *store;   // owned
    struct projector *projector; // owned
    struct track **tracks;       // owned array: of each log of the walk
    uint64_t gaps;               // records that nobody understands now, as noted
    uint64_t drawn[FILLING_DRAWN];
    size_t drawn_left;
    int rc; // of what went wrong where nobody could be told
    struct err err;
};

// What is not set here is zeroed. Begins where the filling stands, or at the beginning of the logs,
// and notes what they lack. filling_close all the same. RETRY; FATAL where a log is not the one
// that was read.
int filling_open(struct filling *filling, const struct config *config, struct err *err);
void filling_close(struct filling *filling);
// From now on a partition that gives nothing for so long cannot be read.
void filling_set_timeout(struct filling *filling, int timeout_ms);
// As far as the live projection is read now, and written. *is_new: there are partitions that were
// not there when it was opened; open it anew. RETRY: INTERRUPTED, UNREADABLE, or PostgreSQL or
// Kafka is away; what is written stays.
int filling_catch_up(struct filling *filling, bool *is_new, struct err *err);
// Whether events that come too late are ignored: those of a job that is older than its horizon and
// still runs are, too, while only the live projection has a row of it.
bool filling_has_horizons(const struct filling *filling);
// Takes in what the rows of the live projection say, all of them. total: about how many.
int filling_join_live(struct filling *filling, uint64_t total, struct err *err);
