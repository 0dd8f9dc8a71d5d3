// SPDX-License-Identifier: Apache-2.0
// The messages of cancelling (docs/design.md, section 4) as structs, and their way from and to
// Avro. Texts are borrowed, as in struct event; lengths are for whoever uses them to check.
#pragma once

#include "base/buffer.h"
#include "core/cancel.h"
#include "wire/record_decoder.h"

enum cancel_message_kind { CANCEL_REQUESTED, CANCEL_JOB, CANCEL_DECIDED, CANCEL_MESSAGE_KINDS };

struct cancel_requested {
    struct uuid request_id;
    struct slice organization_id, job_id, requester_id;
    int64_t requested_at_us;
    struct slice reason; // null: not said
};

struct cancel_job {
    struct uuid command_id, request_id;
    struct slice organization_id, job_id;
    int32_t attempt;
    struct slice type, requester_id;
    int64_t issued_at_us;
    struct slice reason; // null: not said
};

struct cancel_decided {
    struct uuid request_id;
    struct slice organization_id, job_id, requester_id;
    int32_t decision;    // enum cancel_decision
    int32_t reason_code; // enum cancel_reason_code
    bool has_command;
    struct uuid command_id; // zero without has_command
    int64_t decided_at_us;
};

struct cancel_message {
    enum cancel_message_kind kind;
    union {
        struct cancel_requested requested;
        struct cancel_job job;
        struct cancel_decided decided;
    };
};

// A decoder for decode_cancel_message alone: an event is UNKNOWN_RECORD to it.
struct record_decoder *cancel_decoder_new(const struct decoder_options *options, struct err *err);
// As record_decode. *message is filled unless DECODED_IGNORED.
int decode_cancel_message(struct record_decoder *decoder, const struct wire_record *record,
                          struct cancel_message *message, enum decoded *what, struct err *err);

// As encode_event: schema_ids by kind.
int encode_cancel_message(const struct cancel_message *message, enum framing framing,
                          const uint32_t schema_ids[CANCEL_MESSAGE_KINDS], struct buffer *out,
                          struct err *err);
