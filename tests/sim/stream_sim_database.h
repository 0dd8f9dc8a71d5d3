// SPDX-License-Identifier: Apache-2.0
// The database of the live stream's made world: jobs that are nothing but versions, transactions
// that draw an id when they begin and are seen when they commit, a primary that restarts and loses
// what it committed last, and often a replica that replays later, stands still for minutes,
// restarts and may be promoted. stream_sim_readers.c puts both behind the functions of
// store/reader/change_reader.h and store/reader/job_reader.h.
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
    int64_t stamped_us; // the time that the commit is written with: a little before it is seen
    size_t kept;        // where the primary's changes began then
    unsigned jobs;      // bits
    bool is_large;
};

struct sim_server {
    int64_t started_us;    // never that of another
    int version[SIM_JOBS]; // as is seen; 0: not there
    size_t kept, end;      // which changes of the log it has
};

struct sim_database {
    struct dice *dice;
    int64_t now_us;     // by the primary's clock
    int64_t lived_us;   // by one that never goes back
    bool clocks_differ; // of servers, by more than a promotion takes
    struct sim_server primary, replica;
    bool has_replica;
    int64_t replayed_us, paused_until_us; // TIME_NONE: nothing since the replica started
    struct sim_change open[SIM_TRANSACTIONS];
    size_t open_count;
    struct sim_change log[SIM_CHANGES]; // as they were committed
    size_t log_count;
    int64_t next_id;
    unsigned owed;        // jobs whose last change was lost, and will be made again
    size_t fails_percent; // of the questions asked
};

extern struct sim_database sim_database;
// How a hub that is to read the replica is told so, in place of a connection string.
extern const char sim_replica[];

void sim_database_begin(struct dice *dice);
// Something happens to it: time passes, a transaction begins, commits or is rolled back, rarely a
// server restarts or is promoted.
void sim_database_step(void);
void sim_database_pass(int64_t us);
// Everything that is open or owed is committed, and the replica follows from now on.
void sim_database_settle(void);
// The one that whoever was told conninfo reads.
const struct sim_server *sim_server(const char *conninfo);

const char *sim_organization(int job);
const char *sim_creator(int job);
const char *sim_type(int version);
