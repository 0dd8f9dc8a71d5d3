// SPDX-License-Identifier: Apache-2.0
// Horizons: which ended jobs leave the projection, and which events come too late to be taken in
// (docs/design.md, section 5, "Horizons"). Pure.
//
// A job leaves when it has ended and nothing of it is younger than its horizon. From then on its
// events, all of which are as old, are ignored: they would bring back a half. A job that has a row
// takes in whatever comes. Horizons only move forward, so what is ignored once is ignored for ever.
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "core/row.h"

enum { HORIZONS_MAX = 1024 };

// What a line is about. Empty: every other organisation, or type.
struct horizon_of {
    struct slice organization_id, type;
};

struct horizon {
    struct horizon_of of;
    int64_t before_us; // TIME_NONE: nothing leaves
};

struct horizons {
    const struct horizon *items; // borrowed
    size_t count;
    int64_t version;   // of the rules that they are part of
    int64_t latest_us; // of all; TIME_NONE: there is none
};

// How long ended jobs are kept.
struct keeping {
    struct horizon_of of;
    int64_t keep_us; // 0: for ever
};

struct keepings {
    const struct keeping *items; // borrowed
    size_t count;                // 0: nothing ever leaves
};

// Fills latest_us from the items.
void horizons_settle(struct horizons *horizons);
// The horizon of a job of that type; an absent type is not known: then the latest of all that it
// may have. TIME_NONE: there is none.
int64_t horizon_ignoring_us(const struct horizons *horizons, struct slice organization_id,
                            struct slice type);
// The same, but of an unknown type the earliest: what leaves is ignored whatever its type turns out
// to be.
int64_t horizon_leaving_us(const struct horizons *horizons, struct slice organization_id,
                           struct slice type);
// The latest horizon of any type of an organisation.
int64_t horizon_latest_us(const struct horizons *horizons, struct slice organization_id);
// What is as old as this is so for every job, whoever's it is; TIME_NONE: some are kept for ever.
int64_t horizons_earliest_us(const struct horizons *horizons);
// Whether a row that is not stored holds nothing but what comes too late.
bool horizon_ignores(const struct horizons *horizons, const struct row *row);
// Whether a stored job leaves.
bool horizon_lets_leave(const struct horizons *horizons, const struct job_columns *columns);

// How long jobs of that kind are kept: what the most particular line says; 0: for ever.
int64_t keeping_us(const struct keepings *keepings, const struct horizon_of *of);
// The horizons as of now: a line for each of both, none before where it held so far, and moved once
// it can be by step_us. *changed: not as they were. They live in the arena and borrow the texts. 0,
// RETRY without memory, FATAL for more than HORIZONS_MAX.
int horizons_advance(const struct horizons *before, const struct keepings *keepings, int64_t now_us,
                     int64_t step_us, struct arena *arena, struct horizons *out, bool *changed,
                     struct err *err);
