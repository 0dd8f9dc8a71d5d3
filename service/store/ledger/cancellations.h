// SPDX-License-Identifier: Apache-2.0
// The ledger of cancel requests, for the command line. Each call blocks and has a short connection
// of its own; following the ledger is cancellations_watch.h.
#pragma once

#include "core/ports.h"

// A request and what came of it so far. Slices are borrowed for the call of the visitor; times are
// TIME_NONE where there is none (yet).
struct kept_cancellation {
    int64_t id; // in the ledger
    struct uuid request_id;
    struct slice organization_id, job_id, requester_id;
    struct slice outcome; // pending, refused, withdrawn, open, honoured, overtaken, unanswered
    struct slice decision, reason_code; // absent: not decided yet
    struct slice reason;                // the requester's words; absent: not said
    struct slice channel;               // kafka or http; absent: found again, nobody knows
    int64_t found_at_us; // when it was found again, after the ledger had lost it; TIME_NONE: never
    int64_t received_at_us, waits_until_us, decided_at_us, decision_published_at_us;
    bool has_command;
    struct uuid command_id;
    int32_t attempt; // of the job as judged; 0: there was none
    int64_t command_issued_at_us, command_published_at_us, answer_by_us;
    struct slice creator_id; // as judged; absent: nobody, or not judged
    struct source source;    // where it stood in Kafka; topic absent: it came over HTTP
    int64_t offset;
    bool has_revision;
    int64_t job_revision; // of the job's row as judged
};

struct cancellations_visitor {
    void *self;
    void (*visit)(void *self, const struct kept_cancellation *cancellation);
};

// Each may be NULL: any.
struct cancellations_filter {
    const char *organization, *job, *requester, *outcome;
};

// What is asked for: by its id in the ledger, or by the request's own.
struct cancellations_key {
    bool is_request_id;
    struct uuid request_id;
    int64_t id;
};

// Visits the newest first, limit at most.
int cancellations_list(const char *conninfo, const struct cancellations_filter *filter, int limit,
                       const struct cancellations_visitor *visitor, struct err *err);
// Visits the oldest first: none, one, or for a request's id several (others may have used it, too).
int cancellations_show(const char *conninfo, const struct cancellations_key *key,
                       const struct cancellations_visitor *visitor, struct err *err);
