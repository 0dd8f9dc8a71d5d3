// SPDX-License-Identifier: Apache-2.0
// The cancel gate: the one place where it is judged whether a job may be cancelled. A pure function
// of the request, of what is known, and of the time. Whatever asks, over Kafka or HTTP, goes
// through gate_transact (core/gate_transaction.h), which calls gate_judge and nothing else.
//
// It fails closed: what it does not positively know is a refusal.
#pragma once

#include "core/cancel.h"
#include "core/row.h"

struct gate_rules {
    int64_t max_age_us;       // cancel.requests.max-age
    int64_t wait_us;          // how long an unknown job is waited for
    int64_t answer_within_us; // cancel.answer-within
};

// What the ledger and the projection know when a request is judged, read in one transaction.
struct gate_facts {
    // The ledger's row under the same organisation, requester and request id. Of no meaning for a
    // request that is not authenticated.
    struct {
        bool known, decided;
        // It was lost and found again, with its decision in the topic of decisions: whoever asked
        // before decided_at_us has the answer.
        bool was_told;
        struct slice job_id;
        int64_t ledger_id, decided_at_us;
        enum cancel_decision decision;
        enum cancel_reason_code reason_code;
        struct uuid command_id; // if granted
    } earlier;
    // The job's row; not known: there is none.
    struct {
        bool known, creation_known;
        struct slice type, creator_id; // creator_id null: nobody's
        bool creator_disputed, cancellable;
        int32_t attempt;
        enum job_status status;
        int64_t revision;
    } job;
    // The command for that attempt, answered or not. Its id is cancel_command_id's.
    struct {
        bool known;
        int64_t answer_by_us;
    } command;
};

enum gate_action {
    GATE_REPEAT, // the same request again: it has, or will get, the answer that it already has
    GATE_WAIT,   // nothing can be said yet
    GATE_DECIDE, // decided now
};

struct gate_verdict {
    int64_t decided_at_us; // if is_decided, as the two below
    enum gate_action action;
    enum cancel_decision decision;
    enum cancel_reason_code reason_code;
    bool is_decided; // GATE_DECIDE, and GATE_REPEAT of a decided one
    // GATE_DECIDE and granted:
    bool issues_command;    // a new one for the job's attempt
    bool publishes_command; // it goes out: it is new, or unanswered so far
};

// Whether a command that was granted to requester_id may still go out, as of what is known of the
// job now (facts->job): it is known, and its creator is still that member. What a command waited
// for may have taken long, and a dispute may have come meanwhile; whatever else came meanwhile (an
// end, a later attempt) its receiver sees by itself.
bool gate_may_publish(struct slice requester_id, const struct gate_facts *facts);

void gate_judge(const struct cancel_request *request, const struct gate_facts *facts,
                const struct gate_rules *rules, int64_t now_us, struct gate_verdict *out);
