// SPDX-License-Identifier: Apache-2.0
// Who may cancel, written from the text of docs/design.md, section 7 and from nothing else: naive
// questions to the whole set of a job's events, and a list of all that was answered before.
#pragma once

#include "core/gate.h"
#include "property/naive_order.h"

enum { ORACLE_MAX = 256 };

struct oracle {
    struct gate_rules rules;
    struct oracle_answered {
        struct cancel_request request;
        bool decided;
        enum cancel_decision decision;
        enum cancel_reason_code reason_code;
        int64_t decided_at_us;
        int32_t attempt;
    } answered[ORACLE_MAX]; // each under an identity of its own
    size_t answered_count;
    struct oracle_command {
        struct slice organization_id, job_id;
        int32_t attempt;
        int64_t answer_by_us;
        size_t times_published;
        struct uuid command_id; // as the gate named it
    } commands[ORACLE_MAX];
    size_t command_count;
};

struct expected {
    struct gate_verdict verdict;
    int32_t attempt; // that a granted one stops
    bool has_row;    // it leaves a row of its own in the ledger
    // Refused, and the only reason is who asks.
    bool only_the_requester_is_wrong;
    bool another_attempt_has_a_command, has_open_command;
};

// events: all that is known of the job.
bool oracle_is_creator(const struct event *events, size_t count, struct slice member_id);
void oracle_expect(const struct oracle *oracle, const struct event *events, size_t count,
                   const struct cancel_request *request, int64_t now_us, struct expected *out);
// It was answered as expected. command_id: what the gate named, if granted.
// False: that id is not the attempt's, or another attempt's too.
bool oracle_note(struct oracle *oracle, const struct cancel_request *request,
                 const struct expected *expected, const struct uuid *command_id, int64_t now_us);
