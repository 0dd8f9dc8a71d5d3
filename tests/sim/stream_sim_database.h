// SPDX-License-Identifier: Apache-2.0
// The database of the live stream's made world: jobs that are nothing but versions, transactions
// that draw an id when they begin and are seen when they commit, a server that restarts and loses
// what it committed last. Behind the functions of store/reader/change_reader.h and
// store/reader/job_reader.h.
#pragma once

#include "live/hub_private.h"
#include "property/dice.h"

enum {
    SIM_JOBS = 12, // the first half of organisation a, the others of b; ada's and bob's by turns
    SIM_TRANSACTIONS = 6,
    SIM_CHANGES = 4096,
};

struct sim_change {
    int64_t id, began_at_us, committed_at_us;
    unsigned jobs; // bits
    bool is_large;
};

struct sim_database {
    struct dice *dice;
    int64_t now_us, started_us;
    int version[SIM_JOBS]; // as is seen; 0: not there
    struct sim_change open[SIM_TRANSACTIONS];
    size_t open_count;
    struct sim_change changes[SIM_CHANGES]; // as is seen, as they were committed
    size_t change_count;
    int64_t next_id;
    unsigned owed;        // jobs whose last change was lost, and will be made again
    size_t fails_percent; // of the questions asked
};

extern struct sim_database sim_database;

void sim_database_begin(struct dice *dice);
// Something happens to it: time passes, a transaction begins, commits or is rolled back, rarely the
// server restarts.
void sim_database_step(void);
void sim_database_pass(int64_t us);
// Everything that is open or owed is committed.
void sim_database_settle(void);

const char *sim_organization(int job);
const char *sim_creator(int job);
const char *sim_type(int version);
