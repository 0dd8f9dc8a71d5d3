// SPDX-License-Identifier: Apache-2.0
// Letting ended jobs leave PostgreSQL, a few at a time. Each call is a transaction of its own,
// short, and waits for nobody for longer than a second; what is interrupted is gone on with by
// whoever comes next. Of one thread; every call blocks.
//
// Any error is RETRY and drops the connection, and the lock with it; FATAL is what
// batch_store_connect's is.
#pragma once

#include "core/ports.h"
#include "store/connection/connection_options.h"
#include "store/rules/ended_job.h"
#include "store/rules/rules.h"

struct retention;

// What leaves.
enum retention_thing {
    RETENTION_JOBS,
    RETENTION_REQUESTS,
    RETENTION_COMMANDS,
    RETENTION_DEAD_LETTERS,
    RETENTION_THINGS,
};
// "job" and so on.
const char *retention_thing_name(enum retention_thing thing);

struct retention_counts {
    int64_t of[RETENTION_THINGS];
};

// Does not connect. NULL with err filled without memory.
struct retention *retention_new(const struct connection_options *options, struct err *err);
// Accepts NULL. Gives the lock back.
void retention_free(struct retention *retention);
int retention_connect(struct retention *retention, struct err *err);
bool retention_is_connected(const struct retention *retention);
// Drops the connection.
void retention_disconnect(struct retention *retention);
// Tries to take the lock that one process has at a time; *held if it is ours.
int retention_lock(struct retention *retention, bool *held, struct err *err);

// The rules in force, which live as long as the next call of this, and the time by the server's
// clock.
int retention_rules(struct retention *retention, const struct rules **out, int64_t *now_us,
                    struct err *err);
// Makes these horizons those in force, unless others have changed the rules since (*moved: it did).
int retention_move(struct retention *retention, const struct horizons *horizons, bool *moved,
                   struct err *err);
// Notes which transactions are under way; they may have been judged by earlier rules.
int retention_begin(struct retention *retention, struct err *err);
// Whether all of those are over: nothing that was judged by earlier rules will be committed.
int retention_is_settled(struct retention *retention, bool *is, struct err *err);

// The organisation behind one (empty: the first) of those that have jobs; absent: there is none.
// Borrowed until the next call.
int retention_organization(struct retention *retention, struct slice behind, struct slice *out,
                           struct err *err);

// Where a walk over an organisation's ended jobs is.
struct ended_place {
    int64_t finished_at_us;
    char job_id[ID_MAX_BYTES];
    size_t size;
};
enum { RETENTION_STEP = 250 };
// The next jobs, RETENTION_STEP at most, that ended by before_us; *place, all zero at first, goes
// on behind them. Fewer: there are no more. Borrowed until the next call.
int retention_next(struct retention *retention, struct slice organization_id, int64_t before_us,
                   struct ended_place *place, const struct ended_job **out, size_t *count,
                   struct err *err);
// Removes those of these jobs that are as they were, with what the ledger has of them; adds what
// went to *counts. *held: the lock is ours still; else nothing was removed.
int retention_remove(struct retention *retention, const struct ended_job *jobs, size_t count,
                     bool *held, struct retention_counts *counts, struct err *err);

// A request of the ledger.
struct kept_request {
    int64_t id, recorded_at_us;
    struct slice organization_id;
    bool may_go; // its job has no row, and nothing is to be decided or published
};
int retention_requests(struct retention *retention, int64_t behind, const struct kept_request **out,
                       size_t *count, struct err *err);
int retention_remove_requests(struct retention *retention, const int64_t *ids, size_t count,
                              struct retention_counts *counts, struct err *err);
// Removes dead letters that came by before_us, RETENTION_STEP at most; *more: there may be others.
int retention_remove_letters(struct retention *retention, int64_t before_us,
                             struct retention_counts *counts, bool *more, struct err *err);
// Forgets digests whose time is over.
int retention_forget_erased(struct retention *retention, struct err *err);
