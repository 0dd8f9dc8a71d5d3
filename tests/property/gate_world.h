// SPDX-License-Identifier: Apache-2.0
// A made world for the gate: three jobs in two organisations whose events come by and by through
// the real fold, members and strangers who ask, a made ledger, and the oracle beside it.
#pragma once

#include "property/event_generator.h"
#include "property/gate_cast.h"
#include "property/gate_oracle.h"
#include "sim/made_ledger.h"

enum { GATE_JOBS = 3, GATE_ASKED_MAX = 64 };

struct gate_sums {
    uint64_t cases, granted, refused, waited, repeated, commands;
    uint64_t unauthorised; // commands whose requester was not the creator
    uint64_t look_alikes[LOOK_ALIKES];
    uint64_t reasons[CANCEL_REASON_CODES];
};

struct gate_world {
    struct dice dice;
    struct arena arena;
    struct made_ledger ledger;
    struct ledger_session session;
    struct gate gate;
    struct oracle oracle;
    int64_t now_us, next_offset;
    struct gate_job {
        struct job_key key;
        struct event_set set;
        size_t come; // so many of its events are known
        struct row *row;
    } jobs[GATE_JOBS];
    struct gate_asked {
        struct cancel_request request;
        size_t job; // whose it is
        enum look_alike look_alike;
        bool waits;
    } asked[GATE_ASKED_MAX];
    size_t asked_count;
    size_t expected_rows;
    char fault[256]; // what went wrong; empty: nothing
};

// Makes the world of that seed, lets it live and judges it. False: world->fault says why. The
// world need not be initialised and keeps nothing.
bool gate_world_run(struct gate_world *world, const struct event_generator *generator,
                    uint64_t seed, struct gate_sums *sums);

// Somebody asks: a request of this world, not yet decided.
void gate_world_ask(struct gate_world *world, struct gate_asked *out);
