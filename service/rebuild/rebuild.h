// SPDX-License-Identifier: Apache-2.0
// Makes the read model anew beside the service that runs: fills another projection from the logs,
// compares it with the live one, and swaps them in one short transaction. It publishes nothing
// (rebuild/filling.h), and begins where it was broken off.
#pragma once

#include "rebuild/filling.h"

enum rebuild_action {
    REBUILD_FILL,    // fill, and swap
    REBUILD_UNDO,    // the projection that was live before is filled on and becomes the live one
    REBUILD_ABANDON, // give up what is being filled
    REBUILD_DROP,    // remove the one that was live before
};

enum carry_over {
    CARRY_NEEDED, // join the live rows where the logs lack something of which these may know, or
                  // something of them would be ignored as too late
    CARRY_ALWAYS,
    CARRY_NEVER, // only what the logs have counts
};

struct rebuild_options {
    const struct config *config;
    enum rebuild_action action;
    enum carry_over carry_over;
    bool accepts[LOSS_KINDS]; // such losses are no reason not to swap
    bool only_fills;          // and compares, but does not swap
    int64_t rate;             // records a second; 0: as many as there are
    int timeout_ms;           // a partition that gives nothing for so long cannot be read
};

// Each is told as it comes; an error ends the run.
struct rebuild_report {
    void *self;
    // Something else is done from now on: "records" are read, or "jobs" joined or compared.
    void (*began)(void *self, const char *unit, const char *what);
    void (*progressed)(void *self, uint64_t done, uint64_t total, uint64_t records);
    int (*lost)(void *self, const struct loss *loss, struct err *err);
    bool (*is_stopped)(void *self);
};

struct rebuild_result {
    struct losses losses;
    uint64_t records; // read
    uint64_t left;    // jobs that the live one lacks and retention would let leave: taken out
    bool is_whole, is_carried_over, is_swapped;
    int64_t swap_us; // how long writers waited
};

// DONE. FATAL with reason WOULD_LOSE (result->losses tells what), OLD_KEPT, NO_OLD, NO_FILLED,
// UNDO_BEGUN, UNDO_LACKS, REBUILD_BEGUN
// or HINDRANCE; RETRY: run it again. In any case the live projection is
// a whole one.
int rebuild_run(const struct rebuild_options *options, const struct rebuild_report *report,
                struct rebuild_result *result, struct err *err);
