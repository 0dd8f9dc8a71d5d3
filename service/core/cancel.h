// SPDX-License-Identifier: Apache-2.0
// The words of cancelling (docs/design.md, section 7): who asks, what is decided, and why. Pure
// values; the judgement itself is core/gate.h.
#pragma once

#include "core/event.h"
#include "core/ports.h"

enum { TRACEPARENT_BYTES = 55 };

// The symbols of CancelDecision and CancelReasonCode in schemas/avro, in their order.
enum cancel_decision { CANCEL_GRANTED, CANCEL_REFUSED };
enum cancel_reason_code {
    REASON_OTHER,
    REASON_CREATOR,
    REASON_ALREADY_REQUESTED,
    REASON_INVALID_CREDENTIALS,
    REASON_EXPIRED,
    REASON_UNKNOWN_JOB,
    REASON_NOT_CREATOR,
    REASON_ALREADY_FINISHED,
    REASON_NOT_CANCELLABLE,
    REASON_REQUEST_ID_REUSED,
    CANCEL_REASON_CODES,
};

// "granted", "refused".
const char *cancel_decision_name(enum cancel_decision decision);
// "CREATOR" and so on.
const char *cancel_reason_name(enum cancel_reason_code code);
// False for a name that is none of them.
bool cancel_decision_of(struct slice name, enum cancel_decision *out) MUST_CHECK;
bool cancel_reason_of(struct slice name, enum cancel_reason_code *out) MUST_CHECK;

// Where a request stood in Kafka. Over HTTP the topic is absent.
struct cancel_origin {
    struct source source;
    int64_t offset;
};

// Somebody asks. All texts are borrowed.
struct cancel_request {
    struct uuid request_id;
    struct slice organization_id, job_id;
    // The member who asks: proven where authenticated, else only claimed.
    struct slice requester_id;
    struct slice reason;      // null: not said
    struct slice traceparent; // null: none
    struct cancel_origin origin;
    int64_t received_at_us; // by the broker's clock; over HTTP by ours
    int64_t ledger_id;      // of one that has been waiting in the ledger; 0: it is new
    bool authenticated;
    bool may_wait; // while its job is unknown: over Kafka, until the deadline
};

// Holds a request against the limits of docs/design.md, section 4, before anybody judges it:
// lengths of the ids; a reason longer than a message is cut (the cut text lives in the arena); a
// traceparent that does not look like one (W3C Trace Context, version 00) is left out. 0, POISON
// with reason ID_LENGTH, or RETRY without memory.
int cancel_request_check(struct cancel_request *request, struct arena *arena, struct err *err);

// The id of the command that stops this attempt: UUIDv5 (RFC 9562, section 5.5) of the length
// of the organisation, it, the length of the job, it, and the attempt, lengths and attempt as four
// bytes, big-endian. The same for the same attempt, whoever computes it. 0; RETRY
// without memory; POISON for ids that cancel_request_check would not let pass.
int cancel_command_id(const struct job_key *key, int32_t attempt, struct uuid *out,
                      struct err *err);
