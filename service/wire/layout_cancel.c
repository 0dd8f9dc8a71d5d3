// SPDX-License-Identifier: Apache-2.0
#include "wire/cancel_messages.h"
#include "wire/layout.h"

#define FIELD(record, name, type, member)                                                          \
    {                                                                                              \
        name, type, false, offsetof(struct record, member), 0                                      \
    }
#define TEXT(record, name) FIELD(record, #name, LAYOUT_TEXT, name)
#define UUID(record, name) FIELD(record, #name, LAYOUT_UUID, name)
#define REASON(record)                                                                             \
    {                                                                                              \
        "reason", LAYOUT_TEXT, true, offsetof(struct record, reason), 0                            \
    }
#define LAYOUT(name, fields, record)                                                               \
    {                                                                                              \
        name, fields, sizeof(fields) / sizeof(fields)[0], sizeof(struct record)                    \
    }

static const struct layout_field requested[] = {
    UUID(cancel_requested, request_id),
    TEXT(cancel_requested, organization_id),
    TEXT(cancel_requested, job_id),
    TEXT(cancel_requested, requester_id),
    FIELD(cancel_requested, "requested_at", LAYOUT_TIME_US, requested_at_us),
    REASON(cancel_requested),
};
static const struct layout_field command[] = {
    UUID(cancel_job, command_id),
    UUID(cancel_job, request_id),
    TEXT(cancel_job, organization_id),
    TEXT(cancel_job, job_id),
    FIELD(cancel_job, "attempt", LAYOUT_INT, attempt),
    TEXT(cancel_job, type),
    TEXT(cancel_job, requester_id),
    FIELD(cancel_job, "issued_at", LAYOUT_TIME_US, issued_at_us),
    REASON(cancel_job),
};
static const struct layout_field decided[] = {
    UUID(cancel_decided, request_id),
    TEXT(cancel_decided, organization_id),
    TEXT(cancel_decided, job_id),
    TEXT(cancel_decided, requester_id),
    FIELD(cancel_decided, "decision", LAYOUT_ENUM, decision),
    FIELD(cancel_decided, "reason_code", LAYOUT_ENUM, reason_code),
    {"command_id", LAYOUT_UUID, true, offsetof(struct cancel_decided, command_id),
     offsetof(struct cancel_decided, has_command)},
    FIELD(cancel_decided, "decided_at", LAYOUT_TIME_US, decided_at_us),
};

const struct layout cancel_layouts[CANCEL_MESSAGE_KINDS] = {
    [CANCEL_REQUESTED] = LAYOUT("CancelRequested", requested, cancel_requested),
    [CANCEL_JOB] = LAYOUT("CancelJob", command, cancel_job),
    [CANCEL_DECIDED] = LAYOUT("CancelDecided", decided, cancel_decided),
};
