// SPDX-License-Identifier: Apache-2.0
// A job lifecycle event as the fold sees it: decoded, not yet believed (event_check does that).
// All its slices are borrowed from the message it came in, or from the arena that cut it.
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/time_us.h"
#include "base/uuid.h"

// Their order is the third part of the total order of events, and is kept in packed rows:
// append, never reorder.
enum event_kind {
    JOB_CREATED,
    JOB_STARTED,
    JOB_PROGRESSED,
    JOB_SUCCEEDED,
    JOB_FAILED,
    JOB_CANCELLED,
    EVENT_KINDS,
};

// Limits of docs/design.md, section 4. A value past them is a dead letter; message and error_detail
// are cut.
enum {
    ID_MAX_BYTES = 255, // organization_id, job_id, creator_id
    TYPE_MAX_BYTES = 128,
    ERROR_CODE_MAX_BYTES = 128,
    RESULT_URI_MAX_BYTES = 2048,
    MESSAGE_MAX_BYTES = 4 * 1024,
    ERROR_DETAIL_MAX_BYTES = 64 * 1024,
    ATTEMPT_MAX = 10000,
};

struct event {
    enum event_kind kind;
    struct uuid id;
    int32_t attempt;
    int64_t occurred_at_us;
    struct slice organization_id, job_id;
    struct slice message; // null: none stated

    struct slice type, creator_id; // JOB_CREATED; creator_id null: nobody's
    bool cancellable;              // JOB_CREATED
    int32_t progress;              // JOB_PROGRESSED: 0 to 100
    struct slice result_uri;       // JOB_SUCCEEDED; null: none
    struct slice error_code;       // JOB_FAILED; null: none
    struct slice error_detail;     // JOB_FAILED; null: none
    bool has_command;              // JOB_CANCELLED: it obeys command_id
    struct uuid command_id;        // zero without has_command
};

// "JobCreated" and so on: the record's name in schemas/avro.
const char *event_kind_name(enum event_kind kind);
// JOB_SUCCEEDED, JOB_FAILED or JOB_CANCELLED.
bool event_kind_is_end(enum event_kind kind);

// Holds the event against the limits above and cuts its long texts at a character, with the mark
// "…" inside the limit (the cut text lives in the arena).
// broker_time_us: when the broker took the record in, or TIME_NONE where only its producer says so
// (the topic has CreateTime): whoever is wrong about the one time may be about the other. The event
// is then held against no clock, since read again later it must be judged alike.
// The texts are taken to be valid UTF-8 without NUL: wire has seen to it.
// Returns 0, POISON with the reason (ID_LENGTH, TYPE_LENGTH, ATTEMPT_RANGE, PROGRESS_RANGE,
// TIME_TOO_EARLY, TIME_TOO_LATE, ERROR_CODE_LENGTH, RESULT_URI), or RETRY without memory.
int event_check(struct event *event, int64_t broker_time_us, struct arena *arena, struct err *err);
