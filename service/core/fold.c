// SPDX-License-Identifier: Apache-2.0
// The rules of docs/design.md, section 5, one function a column or group of columns. Each is the
// join of a semilattice: it keeps the better of what is there and what is offered, so that order,
// repetition and splitting cannot matter. fold_event offers an event, fold_join what another row
// kept.
#include "core/fold.h"

#include "core/erasure.h"
#include "core/order.h"

static struct event view_event(const struct event_key *key, int32_t attempt,
                               const struct text *message)
{
    return (struct event){
        .kind = key->kind,
        .id = key->id,
        .attempt = attempt,
        .occurred_at_us = key->occurred_at_us,
        .message = text_slice(message),
    };
}

static struct event view_end(const struct row *row)
{
    struct event event = view_event(&row->end.key, row->attempt, &row->end.message);

    event.result_uri = text_slice(&row->end.result_uri);
    event.error_code = text_slice(&row->end.error_code);
    event.error_detail = text_slice(&row->end.error_detail);
    event.has_command = row->end.has_command;
    event.command_id = row->end.command_id;
    return event;
}

static struct event view_statement(const struct row *row)
{
    struct event event = view_event(&row->statement.key, row->attempt, &row->statement.message);

    event.type = text_slice(&row->statement.type);
    event.creator_id = text_slice(&row->statement.creator_id);
    event.cancellable = row->statement.cancellable;
    event.progress = row->statement.progress;
    return event;
}

static struct event view_creation(const struct row *row)
{
    struct event event =
        view_event(&row->creation.key, row->creation.attempt, &row->creation.message);

    event.type = text_slice(&row->creation.type);
    event.creator_id = text_slice(&row->creation.creator_id);
    event.cancellable = row->creation.cancellable;
    return event;
}

static struct event_key key_of(const struct event *event)
{
    return (struct event_key){event->occurred_at_us, event->id, event->kind};
}

// updated_at: the latest occurred_at of any event.
static void offer_time(struct row *row, int64_t occurred_at_us, bool *changed)
{
    if (occurred_at_us > row->updated_at_us) {
        row->updated_at_us = occurred_at_us;
        *changed = true;
    }
}

// type, creator_id, cancellable, created_at: the earliest JobCreated, whatever its attempt.
// creator_disputed: true once two JobCreated differ in their creator, or one's was erased.
static int offer_creation(struct row *row, const struct event *event, bool *changed,
                          struct err *err)
{
    if (!row->creator_disputed && slice_equal(event->creator_id, CREATOR_ERASED))
        row->creator_disputed = *changed = true;
    if (row->creation.known) {
        struct event kept = view_creation(row);

        if (!row->creator_disputed && !slice_equal(kept.creator_id, event->creator_id))
            row->creator_disputed = *changed = true;
        if (event_compare(event, &kept) >= 0)
            return DONE;
    }
    if (!text_set(row, &row->creation.type, event->type) ||
        !text_set(row, &row->creation.creator_id, event->creator_id) ||
        !text_set(row, &row->creation.message, event->message))
        return err_no_memory(err);
    row->creation.known = true;
    row->creation.key = key_of(event);
    row->creation.attempt = event->attempt;
    row->creation.cancellable = event->cancellable;
    *changed = true;
    return DONE;
}

// attempt: the highest seen; a higher one resets what belongs to the attempt.
static void offer_attempt(struct row *row, int32_t attempt, bool *changed)
{
    if (attempt <= row->attempt)
        return;
    if (row->end.error_detail.data)
        row->error_detail_changed = true;
    row->end = (struct row_end){0};
    row->statement = (struct row_statement){0};
    row->attempt = attempt;
    row->ran = false;
    row->started_at_us = TIME_NONE;
    row->tick = PROGRESS_NONE;
    *changed = true;
}

// status: running once any JobStarted or JobProgressed of the attempt is known.
static void offer_run(struct row *row, bool *changed)
{
    if (!row->ran)
        row->ran = *changed = true;
}

// started_at: the attempt's earliest JobStarted; no other event sets it.
static void offer_start(struct row *row, int64_t started_at_us, bool *changed)
{
    if (row->started_at_us == TIME_NONE || started_at_us < row->started_at_us) {
        row->started_at_us = started_at_us;
        *changed = true;
    }
}

// progress: the attempt's highest tick.
static void offer_tick(struct row *row, int32_t tick, bool *changed)
{
    if (tick > row->tick) {
        row->tick = tick;
        *changed = true;
    }
}

// status, finished_at, result_uri, error_code, error_detail: of the attempt's earliest ending
// event.
static int offer_end(struct row *row, const struct event *event, bool *changed, struct err *err)
{
    if (row->end.known) {
        struct event kept = view_end(row);

        if (event_compare(event, &kept) >= 0)
            return DONE;
    }
    if (!slice_equal(text_slice(&row->end.error_detail), event->error_detail))
        row->error_detail_changed = true;
    if (!text_set(row, &row->end.message, event->message) ||
        !text_set(row, &row->end.result_uri, event->result_uri) ||
        !text_set(row, &row->end.error_code, event->error_code) ||
        !text_set(row, &row->end.error_detail, event->error_detail))
        return err_no_memory(err);
    row->end.known = true;
    row->end.key = key_of(event);
    row->end.has_command = event->has_command;
    row->end.command_id = event->command_id;
    *changed = true;
    return DONE;
}

// message: the latest stated by an event of the attempt that is no end.
static int offer_statement(struct row *row, const struct event *event, bool *changed,
                           struct err *err)
{
    if (!event->message.data)
        return DONE;
    if (row->statement.known) {
        struct event kept = view_statement(row);

        if (event_compare(event, &kept) <= 0)
            return DONE;
    }
    if (!text_set(row, &row->statement.type, event->type) ||
        !text_set(row, &row->statement.creator_id, event->creator_id) ||
        !text_set(row, &row->statement.message, event->message))
        return err_no_memory(err);
    row->statement.known = true;
    row->statement.key = key_of(event);
    row->statement.cancellable = event->cancellable;
    row->statement.progress = event->progress;
    *changed = true;
    return DONE;
}

static int offer_history(struct row *row, const struct event *event, bool *changed, struct err *err)
{
    bool added = false;
    int rc = history_add(&row->history, event, &added, err);

    if (added)
        row->history_changed = *changed = true;
    return rc;
}

// What an event says of its own attempt, which is the row's.
static int offer_to_attempt(struct row *row, const struct event *event, bool *changed,
                            struct err *err)
{
    if (event_kind_is_end(event->kind))
        return offer_end(row, event, changed, err);
    if (event->kind == JOB_STARTED || event->kind == JOB_PROGRESSED)
        offer_run(row, changed);
    if (event->kind == JOB_STARTED)
        offer_start(row, event->occurred_at_us, changed);
    if (event->kind == JOB_PROGRESSED)
        offer_tick(row, event->progress, changed);
    return offer_statement(row, event, changed, err);
}

int fold_event(struct row *row, const struct event *event, bool *changed, struct err *err)
{
    int rc;

    offer_time(row, event->occurred_at_us, changed);
    rc = offer_history(row, event, changed, err);
    if (!rc && event->kind == JOB_CREATED)
        rc = offer_creation(row, event, changed, err);
    if (rc)
        return rc;
    offer_attempt(row, event->attempt, changed);
    if (event->attempt == row->attempt)
        rc = offer_to_attempt(row, event, changed, err);
    return rc;
}

static int join_creation(struct row *row, const struct row *other, bool *changed, struct err *err)
{
    struct event creation = view_creation(other);

    if (other->creator_disputed && !row->creator_disputed)
        row->creator_disputed = *changed = true;
    return other->creation.known ? offer_creation(row, &creation, changed, err) : DONE;
}

static int join_history(struct row *row, const struct row *other, bool *changed, struct err *err)
{
    bool added = false;
    int rc = history_join(&row->history, &other->history, &added, err);

    if (added)
        row->history_changed = *changed = true;
    return rc;
}

static int join_attempt(struct row *row, const struct row *other, bool *changed, struct err *err)
{
    struct event end = view_end(other), statement = view_statement(other);
    int rc = DONE;

    if (other->ran)
        offer_run(row, changed);
    if (other->started_at_us != TIME_NONE)
        offer_start(row, other->started_at_us, changed);
    offer_tick(row, other->tick, changed);
    if (other->end.known)
        rc = offer_end(row, &end, changed, err);
    if (!rc && other->statement.known)
        rc = offer_statement(row, &statement, changed, err);
    return rc;
}

int fold_join(struct row *row, const struct row *other, bool *changed, struct err *err)
{
    int rc;

    offer_time(row, other->updated_at_us, changed);
    rc = join_history(row, other, changed, err);
    if (!rc)
        rc = join_creation(row, other, changed, err);
    if (rc)
        return rc;
    offer_attempt(row, other->attempt, changed);
    if (other->attempt == row->attempt)
        rc = join_attempt(row, other, changed, err);
    return rc;
}
