// SPDX-License-Identifier: Apache-2.0
// Folds the events of the log again, beside the service that runs, and compares with the read
// model. It changes nothing: it joins no group, commits no offset, and reads PostgreSQL in
// transactions that are read only.
//
// Positions and rows of one snapshot belong together: a row is what the events before the positions
// made of it. So the logs are walked as far as the positions are, and where a row differs, on to
// the positions of the very snapshot that it was read in. Then it must be the same, byte for byte,
// whatever the service did meanwhile. Jobs for which there is no memory are left to another pass.
#pragma once

#include "verify/event_taker.h"
#include "verify/scope.h"

struct verify_options {
    const struct config *config;
    struct slice organization; // absent: all
    int64_t sample;            // so many jobs of SAMPLE_ALL
    size_t memory_bytes;       // for the jobs of a pass
    int64_t since_us;          // only what Kafka took in since then; TIME_NONE: all
    int64_t rate;              // records a second; 0: as many as there are
    int timeout_ms;            // a partition that gives nothing for so long cannot be read
};

enum difference_kind {
    DIFFERENCE_VALUE,   // a part of a row is another
    DIFFERENCE_MISSING, // events of the job were read, and there is no row
    DIFFERENCE_EXTRA,   // there is a row, and no event of the job
    DIFFERENCE_TOTAL,   // a total is not the number of its rows
    DIFFERENCE_KINDS,
};
// "value" and so on.
const char *difference_kind_name(enum difference_kind kind);

struct deciding_event {
    struct source source;
    int64_t offset;
    struct uuid id;
};
enum { DIFFERENCE_EVENTS_MAX = 2 };

// All is borrowed for the call.
struct difference {
    enum difference_kind kind;
    struct job_key key;            // of a total: the organisation alone
    const char *part;              // of a value: the column, or what of the packed state
    struct slice type;             // of a total
    const char *status;            // of a total
    struct slice stored, expected; // as text; absent: null
    struct deciding_event events[DIFFERENCE_EVENTS_MAX];
    size_t event_count;
};

struct verify_report {
    void *self;
    int (*differs)(void *self, const struct difference *difference, struct err *err);
    // Something that could not be judged, and why: a line for a person. partition -1: of no
    // partition.
    int (*unjudged)(void *self, const char *reason, struct slice topic, int32_t partition,
                    const char *text, struct err *err);
    void (*progressed)(void *self, uint64_t done, uint64_t total, uint64_t records);
    bool (*is_stopped)(void *self);
};

struct verify_result {
    struct taken_counts counts;
    uint64_t passes;
    uint64_t jobs;        // compared
    uint64_t same;        // of them
    uint64_t in_part;     // hold all that the log still says, and more, which could not be judged
    uint64_t unjudged;    // of which the log has no event any more
    uint64_t left;        // older than the horizon: no row, or one that began anew
    uint64_t erased;      // the same but for a creator who was erased and is known no more
    uint64_t differing;   // jobs that differ
    uint64_t differences; // parts that differ, totals too
    uint64_t totals;      // totals that differ
    int64_t unread;       // records in the logs that the service has not read yet
    bool totals_compared;
};

// *result is set in any case, as far as it came. DONE, whatever was found; RETRY, INTERRUPTED too;
// FATAL as session_connect, or where a log is not the one that was read.
int verify_run(const struct verify_options *options, const struct verify_report *report,
               struct verify_result *result, struct err *err);
