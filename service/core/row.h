// SPDX-License-Identifier: Apache-2.0
// A job's row: the whole state of the fold for one job. Each member is a join of a semilattice
// (docs/design.md, section 5), so that a row is a function of the set of the job's events.
// core/fold.h makes rows grow; core/pack.h turns them into columns and back.
#pragma once

#include "base/slice.h"
#include "core/history.h"

enum job_status {
    STATUS_ACCEPTED,
    STATUS_RUNNING,
    STATUS_SUCCESSFUL,
    STATUS_FAILED,
    STATUS_DISMISSED,
    JOB_STATUSES,
};

// "accepted", "running", ...: the word of the API and of jobtrail.status_name in SQL.
const char *job_status_name(enum job_status status);

enum { PROGRESS_NONE = -1 };

// The organisation and the job together name a row. Ordered by job_id, then organization_id, both
// byte by byte: the order of the primary key, in which rows are locked.
struct job_key {
    struct slice organization_id, job_id;
};
int job_key_compare(const struct job_key *a, const struct job_key *b);
// One run of bytes for a key: job_id, NUL, organization_id (neither has a NUL within).
enum { JOB_KEY_MAX_BYTES = 2 * ID_MAX_BYTES + 1 };
size_t job_key_size(const struct job_key *key);
void job_key_write(const struct job_key *key, char *out);

// A text of a row, in the row's block of texts.
struct text {
    char *data; // NULL: absent
    uint32_t size, capacity;
};

// What orders two events before their content: the beginning of the total order.
struct event_key {
    int64_t occurred_at_us;
    struct uuid id;
    enum event_kind kind;
};

struct row {
    struct job_key key; // owned, one allocation with the row, as job_key_write lays it out

    int32_t attempt; // highest seen; 0: no event yet
    bool ran;        // that attempt: a start or a tick is known
    int64_t started_at_us;
    int32_t tick; // that attempt's highest progress, PROGRESS_NONE if none

    struct row_end {
        bool known;
        struct event_key key;
        struct text message, result_uri, error_code, error_detail;
        bool has_command;
        struct uuid command_id;
    } end; // that attempt's winning end

    struct row_statement {
        bool known;
        struct event_key key;
        struct text type, creator_id; // of a JobCreated: they rank it before its message
        bool cancellable;             // likewise
        int32_t progress;             // of a JobProgressed, likewise
        struct text message;
    } statement; // the latest message of that attempt's events that are no end

    struct row_creation {
        bool known;
        struct event_key key;
        int32_t attempt;
        struct text type, creator_id, message;
        bool cancellable;
    } creation; // the earliest, whatever its attempt
    bool creator_disputed;

    int64_t updated_at_us;
    struct history history;

    // All texts in one block. What a text no longer needs is free again when the block grows.
    char *texts; // owned
    uint32_t texts_used, texts_capacity;

    // Set by the fold, cleared by whoever has written the row.
    bool history_changed, error_detail_changed;
    struct text counted_type; // that the totals count it under: of whoever has read or written it
};

// What PostgreSQL keeps of a row: the columns that others read, and two packed ones for the rest.
// Slices are borrowed; absent is null.
struct job_columns {
    struct job_key key;
    enum job_status status;
    int32_t attempt;
    int32_t progress; // PROGRESS_NONE: null
    struct slice type, creator_id, message, error_code, error_detail, result_uri;
    bool creator_disputed, cancellable; // cancellable is false until the creation is known
    int64_t created_at_us, started_at_us, finished_at_us, updated_at_us; // TIME_NONE: null
    struct slice state;   // packed, versioned: what the columns above do not tell
    struct slice history; // packed, versioned: core/pack.h has its layout
};

// A row without events; the key is copied. NULL with err filled without memory.
struct row *row_new(struct job_key key, struct err *err);
// Accepts NULL.
void row_free(struct row *row);
// The memory that the row holds, about.
size_t row_bytes(const struct row *row);
// accepted, running or what the winning end says.
enum job_status row_status(const struct row *row);

static inline struct slice text_slice(const struct text *text)
{
    return (struct slice){text->data, text->size};
}
// Copies value into a text of the row, or makes it absent; the row's other texts may move. False
// without memory: all is as before.
bool text_set(struct row *row, struct text *text, struct slice value) MUST_CHECK;
