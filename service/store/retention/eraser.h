// SPDX-License-Identifier: Apache-2.0
// Erasing a member: their id in rows, histories, ledger and dead letters becomes CREATOR_ERASED
// (core/erasure.h), a few at a time. First it is remembered by a digest, so that whoever folds an
// event of theirs does the same, and nobody commits what was folded before. Everything blocks; each
// step is a transaction of its own, and all of it may be done again. Of one thread.
#pragma once

#include "core/erasure.h"
#include "store/connection/connection_options.h"

struct eraser;

// Connects, and keeps rebuilds and other erasers out as long as it is open. The ids are borrowed as
// long as it lives. RETRY with reason REBUILD_RUNS: one of those is at work. FATAL with reason
// REBUILD_BEGUN or OLD_KEPT: there is another projection, which would go on naming the member. Else
// errors as session_connect.
int eraser_open(const struct connection_options *options, struct slice organization_id,
                struct slice member_id, struct eraser **out, struct err *err);
// Accepts NULL.
void eraser_close(struct eraser *eraser);

// Remembers the member for so long.
int eraser_remember(struct eraser *eraser, int64_t known_for_s, struct err *err);
// Whether all transactions are over that were under way when it was remembered.
int eraser_is_settled(struct eraser *eraser, bool *is, struct err *err);

enum eraser_stage {
    ERASER_JOBS,     // whose creator they are
    ERASER_DISPUTED, // whose history may name them
    ERASER_REQUESTS,
    ERASER_LETTERS,
    ERASER_STAGES,
};
struct eraser_progress {
    enum eraser_stage stage;
    uint64_t looked_at, changed[ERASER_STAGES];
};
// The next step. progress, all zero at first, counts; its stage is ERASER_STAGES when all is done.
// DONE; RETRY: the connection is lost, or was not good; what was done is done. FATAL.
int eraser_step(struct eraser *eraser, struct eraser_progress *progress, struct err *err);
