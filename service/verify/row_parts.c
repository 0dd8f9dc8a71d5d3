// SPDX-License-Identifier: Apache-2.0
#include "verify/row_parts.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/order.h"

enum part_kind {
    PART_BOOL,
    PART_INT,
    PART_PROGRESS,
    PART_TIME,
    PART_STATUS,
    PART_EVENT_KIND,
    PART_ATTEMPT,
    PART_UUID,
    PART_SLICE,
    PART_TEXT,
};

struct part {
    const char *name;
    enum part_kind kind;
    enum decided_by decided_by;
    size_t offset;
};

#define COLUMN(kind, member, by)                                                                   \
    {                                                                                              \
#member, kind, by, offsetof(struct job_columns, member)                                    \
    }
#define TIMED(name, by)                                                                            \
    {                                                                                              \
#name, PART_TIME, by, offsetof(struct job_columns, name##_us)                              \
    }
#define STATE(kind, member, by)                                                                    \
    {                                                                                              \
        "state." #member, kind, by, offsetof(struct row, member)                                   \
    }

// clang-format off
static const struct part columns[] = {
    COLUMN(PART_STATUS, status, BY_STATUS),
    COLUMN(PART_ATTEMPT, attempt, BY_ATTEMPT),
    COLUMN(PART_PROGRESS, progress, BY_PROGRESS),
    COLUMN(PART_SLICE, type, BY_CREATION),
    COLUMN(PART_SLICE, creator_id, BY_CREATION),
    COLUMN(PART_SLICE, message, BY_MESSAGE),
    COLUMN(PART_SLICE, error_code, BY_END),
    COLUMN(PART_SLICE, error_detail, BY_END),
    COLUMN(PART_SLICE, result_uri, BY_END),
    COLUMN(PART_BOOL, creator_disputed, BY_DISPUTE),
    COLUMN(PART_BOOL, cancellable, BY_CREATION),
    TIMED(created_at, BY_CREATION),
    TIMED(started_at, BY_START),
    TIMED(finished_at, BY_END),
    TIMED(updated_at, BY_TIME),
};

// What the columns do not tell.
static const struct part of_state[] = {
    STATE(PART_BOOL, ran, BY_RUN),
    STATE(PART_PROGRESS, tick, BY_TICK),
    STATE(PART_BOOL, end.known, BY_END),
    STATE(PART_UUID, end.key.id, BY_END),
    STATE(PART_TEXT, end.message, BY_END),
    STATE(PART_BOOL, end.has_command, BY_END),
    STATE(PART_UUID, end.command_id, BY_END),
    STATE(PART_BOOL, statement.known, BY_STATEMENT),
    STATE(PART_TIME, statement.key.occurred_at_us, BY_STATEMENT),
    STATE(PART_UUID, statement.key.id, BY_STATEMENT),
    STATE(PART_EVENT_KIND, statement.key.kind, BY_STATEMENT),
    STATE(PART_TEXT, statement.type, BY_STATEMENT),
    STATE(PART_TEXT, statement.creator_id, BY_STATEMENT),
    STATE(PART_BOOL, statement.cancellable, BY_STATEMENT),
    STATE(PART_INT, statement.progress, BY_STATEMENT),
    STATE(PART_TEXT, statement.message, BY_STATEMENT),
    STATE(PART_BOOL, creation.known, BY_CREATION),
    STATE(PART_UUID, creation.key.id, BY_CREATION),
    STATE(PART_INT, creation.attempt, BY_CREATION),
    STATE(PART_TEXT, creation.message, BY_CREATION),
};
// clang-format on

enum {
    COLUMNS = sizeof columns / sizeof *columns,
    OF_STATE = sizeof of_state / sizeof *of_state,
    HEX_BYTES_MAX = 64, // of a packed column that cannot be read
};

static bool part_equals(const struct part *part, const void *of_a, const void *of_b)
{
    const void *a = (const char *)of_a + part->offset, *b = (const char *)of_b + part->offset;

    switch (part->kind) {
    case PART_BOOL:
        return *(const bool *)a == *(const bool *)b;
    case PART_TIME:
        return *(const int64_t *)a == *(const int64_t *)b;
    case PART_STATUS:
        return *(const enum job_status *)a == *(const enum job_status *)b;
    case PART_EVENT_KIND:
        return *(const enum event_kind *)a == *(const enum event_kind *)b;
    case PART_UUID:
        return !uuid_compare(a, b);
    case PART_SLICE:
        return slice_equal(*(const struct slice *)a, *(const struct slice *)b);
    case PART_TEXT:
        return slice_equal(text_slice(a), text_slice(b));
    default:
        return *(const int32_t *)a == *(const int32_t *)b;
    }
}

bool row_columns_equal(const struct job_columns *a, const struct job_columns *b)
{
    for (size_t i = 0; i < COLUMNS; i++)
        if (!part_equals(&columns[i], a, b))
            return false;
    return slice_equal(a->state, b->state) && slice_equal(a->history, b->history);
}

static void write_time(struct buffer *out, int64_t time_us)
{
    char text[TIME_TEXT_SIZE];

    time_format_us(time_us, text);
    buffer_append_text(out, text);
}

static void write_uuid(struct buffer *out, const struct uuid *uuid)
{
    char text[UUID_TEXT_SIZE];

    uuid_format(uuid, text);
    buffer_append_text(out, text);
}

// Appends the part as text. False: it is null.
static bool write_part(struct buffer *out, const struct part *part, const void *of)
{
    const void *at = (const char *)of + part->offset;
    struct slice text;

    switch (part->kind) {
    case PART_BOOL:
        buffer_append_text(out, *(const bool *)at ? "true" : "false");
        return true;
    case PART_PROGRESS:
        if (*(const int32_t *)at == PROGRESS_NONE)
            return false;
        break;
    case PART_TIME:
        write_time(out, *(const int64_t *)at);
        return *(const int64_t *)at != TIME_NONE;
    case PART_STATUS:
        buffer_append_text(out, (unsigned)*(const enum job_status *)at < JOB_STATUSES
                                    ? job_status_name(*(const enum job_status *)at)
                                    : "unknown");
        return true;
    case PART_EVENT_KIND:
        buffer_append_text(out, event_kind_name(*(const enum event_kind *)at));
        return true;
    case PART_UUID:
        write_uuid(out, at);
        return true;
    case PART_SLICE:
    case PART_TEXT:
        text = part->kind == PART_SLICE ? *(const struct slice *)at : text_slice(at);
        buffer_append(out, text.data, text.size);
        return text.data;
    default:
        break;
    }
    buffer_append_format(out, "%" PRId32, *(const int32_t *)at);
    return true;
}

// What a comparison carries along.
struct comparison {
    const struct row_pair *pair;
    const struct folded_job *job;
    const struct parts_visitor *visitor;
    struct buffer stored, expected; // texts of the part at hand
    size_t told;
};

static int tell(struct comparison *comparison, const char *name, bool stored_is_there,
                bool expected_is_there, const struct deciding *deciding, struct err *err)
{
    struct part_difference difference = {.part = name, .deciding = deciding};

    if (comparison->stored.failed || comparison->expected.failed)
        return err_no_memory(err);
    if (stored_is_there)
        difference.stored =
            comparison->stored.size ? buffer_slice(&comparison->stored) : SLICE_LITERAL("");
    if (expected_is_there)
        difference.expected =
            comparison->expected.size ? buffer_slice(&comparison->expected) : SLICE_LITERAL("");
    comparison->told++;
    return comparison->visitor->visit(comparison->visitor->self, &difference, err);
}

static void begin_texts(struct comparison *comparison)
{
    buffer_clear(&comparison->stored);
    buffer_clear(&comparison->expected);
}

static int compare_parts(struct comparison *comparison, const struct part *parts, size_t count,
                         const void *stored, const void *expected, struct err *err)
{
    int rc = DONE;

    for (size_t i = 0; !rc && i < count; i++) {
        struct deciding deciding;
        bool stored_is_there, expected_is_there;

        if (part_equals(&parts[i], stored, expected))
            continue;
        begin_texts(comparison);
        stored_is_there = write_part(&comparison->stored, &parts[i], stored);
        expected_is_there = write_part(&comparison->expected, &parts[i], expected);
        deciding_of(parts[i].decided_by, comparison->pair->expected, comparison->job, &deciding);
        rc = tell(comparison, parts[i].name, stored_is_there, expected_is_there, &deciding, err);
    }
    return rc;
}

static void write_entry(struct buffer *out, const struct event *event)
{
    buffer_append_text(out, event_kind_name(event->kind));
    buffer_append_text(out, " ");
    write_uuid(out, &event->id);
    buffer_append_format(out, ", attempt %" PRId32 ", ", event->attempt);
    write_time(out, event->occurred_at_us);
    if (event->has_command) {
        buffer_append_text(out, ", command ");
        write_uuid(out, &event->command_id);
    }
    if (event->kind == JOB_CREATED)
        buffer_append_text(out, event->cancellable ? ", cancellable" : ", not cancellable");
    for (int i = 0; i < 4; i++) {
        static const char *const names[] = {"type", "creator", "error", "message"};
        const struct slice texts[] = {event->type, event->creator_id, event->error_code,
                                      event->message};

        if (texts[i].data)
            buffer_append_format(out, ", %s \"%.*s\"", names[i], (int)texts[i].size, texts[i].data);
    }
}

static bool write_place(struct buffer *out, const struct history *history,
                        enum history_set_kind set, int place, struct event *event)
{
    if (place >= history->count[set])
        return false;
    *event = history_event(history, set, place);
    write_entry(out, event);
    return true;
}

static int compare_place(struct comparison *comparison, enum history_set_kind set, int place,
                         struct err *err)
{
    static const char *const names[] = {"creations", "starts", "ends"};
    const struct row_pair *pair = comparison->pair;
    struct deciding deciding = {0};
    struct event stored, expected;
    bool stored_is_there, expected_is_there;
    char name[48];

    begin_texts(comparison);
    stored_is_there = write_place(&comparison->stored, &pair->stored->history, set, place, &stored);
    expected_is_there =
        write_place(&comparison->expected, &pair->expected->history, set, place, &expected);
    if (stored_is_there && expected_is_there && !event_compare(&stored, &expected))
        return DONE;
    if (expected_is_there)
        deciding_add(&deciding, comparison->job, &expected.id);
    snprintf(name, sizeof name, "history.%s[%d]", names[set], place);
    return tell(comparison, name, stored_is_there, expected_is_there, &deciding, err);
}

static int compare_histories(struct comparison *comparison, struct err *err)
{
    const struct row_pair *pair = comparison->pair;
    int rc = DONE;

    for (int set = 0; set < HISTORY_SETS; set++)
        for (int place = 0; !rc && (place < pair->stored->history.count[set] ||
                                    place < pair->expected->history.count[set]);
             place++)
            rc = compare_place(comparison, (enum history_set_kind)set, place, err);
    return rc;
}

static bool write_hex(struct buffer *out, struct slice bytes)
{
    for (size_t i = 0; i < bytes.size && i < HEX_BYTES_MAX; i++)
        buffer_append_format(out, "%02x", (unsigned char)bytes.data[i]);
    if (bytes.size > HEX_BYTES_MAX)
        buffer_append_format(out, "... (%zu bytes)", bytes.size);
    return bytes.data;
}

// A packed column whose bytes differ, and in which nothing was told to.
static int tell_packed(struct comparison *comparison, const char *name, struct slice stored,
                       struct slice expected, struct err *err)
{
    const struct deciding nobody = {0};
    bool stored_is_there, expected_is_there;

    begin_texts(comparison);
    stored_is_there = write_hex(&comparison->stored, stored);
    expected_is_there = write_hex(&comparison->expected, expected);
    return tell(comparison, name, stored_is_there, expected_is_there, &nobody, err);
}

static int compare_packed(struct comparison *comparison, struct err *err)
{
    const struct row_pair *pair = comparison->pair;
    const struct job_columns *stored = pair->stored_columns, *expected = pair->expected_columns;
    const bool are_read = pair->stored && pair->expected;
    size_t told = comparison->told;
    int rc = DONE;

    if (!slice_equal(stored->state, expected->state)) {
        if (are_read)
            rc = compare_parts(comparison, of_state, OF_STATE, pair->stored, pair->expected, err);
        // A column besides may be what makes the packed state another.
        if (!rc && comparison->told == told && !told)
            rc = tell_packed(comparison, "state", stored->state, expected->state, err);
    }
    told = comparison->told;
    if (!rc && !slice_equal(stored->history, expected->history)) {
        if (are_read)
            rc = compare_histories(comparison, err);
        if (!rc && comparison->told == told)
            rc = tell_packed(comparison, "history", stored->history, expected->history, err);
    }
    return rc;
}

int row_parts_compare(const struct row_pair *pair, const struct folded_job *job,
                      const struct parts_visitor *visitor, struct err *err)
{
    struct comparison comparison = {.pair = pair, .job = job, .visitor = visitor};
    int rc;

    buffer_init(&comparison.stored);
    buffer_init(&comparison.expected);
    rc = compare_parts(&comparison, columns, COLUMNS, pair->stored_columns, pair->expected_columns,
                       err);
    if (!rc)
        rc = compare_packed(&comparison, err);
    buffer_free(&comparison.stored);
    buffer_free(&comparison.expected);
    return rc;
}
