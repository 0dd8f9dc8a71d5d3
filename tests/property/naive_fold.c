// SPDX-License-Identifier: Apache-2.0
// Reads like the design's table: each column is one question asked of the sorted set.
#include "property/naive_fold.h"

#include <stdlib.h>

#include "property/naive_order.h"

// All events of the job, each once, earliest first.
struct sorted {
    const struct event **events; // owned
    size_t count;
};

typedef bool question(const struct event *event);

static bool is_creation(const struct event *event)
{
    return event->kind == JOB_CREATED;
}

static bool is_start(const struct event *event)
{
    return event->kind == JOB_STARTED;
}

static bool is_tick(const struct event *event)
{
    return event->kind == JOB_PROGRESSED;
}

static bool is_start_or_tick(const struct event *event)
{
    return is_start(event) || is_tick(event);
}

static bool is_end(const struct event *event)
{
    return event->kind == JOB_SUCCEEDED || event->kind == JOB_FAILED ||
           event->kind == JOB_CANCELLED;
}

static bool is_statement(const struct event *event)
{
    return !is_end(event) && event->message.data;
}

enum { ANY_ATTEMPT = 0 };

static bool answers(const struct event *event, question *is_it, int32_t attempt)
{
    return is_it(event) && (attempt == ANY_ATTEMPT || event->attempt == attempt);
}

static const struct event *earliest(const struct sorted *all, question *is_it, int32_t attempt)
{
    for (size_t i = 0; i < all->count; i++) {
        if (answers(all->events[i], is_it, attempt))
            return all->events[i];
    }
    return NULL;
}

static const struct event *latest(const struct sorted *all, question *is_it, int32_t attempt)
{
    for (size_t i = all->count; i-- > 0;) {
        if (answers(all->events[i], is_it, attempt))
            return all->events[i];
    }
    return NULL;
}

static int32_t highest_attempt(const struct sorted *all)
{
    int32_t highest = 0;

    for (size_t i = 0; i < all->count; i++) {
        if (all->events[i]->attempt > highest)
            highest = all->events[i]->attempt;
    }
    return highest;
}

static int32_t highest_tick(const struct sorted *all, int32_t attempt)
{
    int32_t highest = PROGRESS_NONE;

    for (size_t i = 0; i < all->count; i++) {
        if (answers(all->events[i], is_tick, attempt) && all->events[i]->progress > highest)
            highest = all->events[i]->progress;
    }
    return highest;
}

static bool creators_differ(const struct sorted *all)
{
    const struct event *first = earliest(all, is_creation, ANY_ATTEMPT);

    for (size_t i = 0; i < all->count; i++) {
        const struct event *other = all->events[i];

        if (is_creation(other) && !slice_equal(first->creator_id, other->creator_id))
            return true;
    }
    return false;
}

static enum job_status status_of_end(const struct event *end)
{
    return end->kind == JOB_SUCCEEDED ? STATUS_SUCCESSFUL
           : end->kind == JOB_FAILED  ? STATUS_FAILED
                                      : STATUS_DISMISSED;
}

static struct slice first_message(const struct event *end, const struct event *statement,
                                  const struct event *creation)
{
    if (end && end->message.data)
        return end->message;
    if (statement)
        return statement->message;
    return creation ? creation->message : SLICE_NULL;
}

static struct job_columns read_table(const struct sorted *all)
{
    int32_t attempt = highest_attempt(all);
    const struct event *start = earliest(all, is_start, attempt);
    const struct event *end = earliest(all, is_end, attempt);
    const struct event *statement = latest(all, is_statement, attempt);
    const struct event *creation = earliest(all, is_creation, ANY_ATTEMPT);
    bool ran = earliest(all, is_start_or_tick, attempt) != NULL;
    bool succeeded = end && end->kind == JOB_SUCCEEDED;
    bool failed = end && end->kind == JOB_FAILED;

    return (struct job_columns){
        .key = {all->events[0]->organization_id, all->events[0]->job_id},
        .attempt = attempt,
        .status = end   ? status_of_end(end)
                  : ran ? STATUS_RUNNING
                        : STATUS_ACCEPTED,
        .started_at_us = start ? start->occurred_at_us : TIME_NONE,
        .finished_at_us = end ? end->occurred_at_us : TIME_NONE,
        .result_uri = succeeded ? end->result_uri : SLICE_NULL,
        .error_code = failed ? end->error_code : SLICE_NULL,
        .error_detail = failed ? end->error_detail : SLICE_NULL,
        .progress = succeeded ? 100 : highest_tick(all, attempt),
        .message = first_message(end, statement, creation),
        .type = creation ? creation->type : SLICE_NULL,
        .creator_id = creation ? creation->creator_id : SLICE_NULL,
        .cancellable = creation && creation->cancellable,
        .created_at_us = creation ? creation->occurred_at_us : TIME_NONE,
        .creator_disputed = creators_differ(all),
        .updated_at_us = all->events[all->count - 1]->occurred_at_us,
    };
}

static int compare_creations(const void *a, const void *b)
{
    return naive_entry_compare(HISTORY_CREATIONS, a, b);
}

// Starts and ends have one winning rule.
static int compare_of_attempt(const void *a, const void *b)
{
    return naive_entry_compare(HISTORY_STARTS, a, b);
}

static void read_history_set(const struct sorted *all, enum history_set_kind set, question *is_it,
                             struct naive_history *out)
{
    struct history_entry *entries = malloc(all->count * sizeof *entries);
    size_t found = 0;

    if (!entries)
        abort();
    for (size_t i = 0; i < all->count; i++) {
        if (is_it(all->events[i]))
            entries[found++] = naive_entry(all->events[i]);
    }
    qsort(entries, found, sizeof *entries,
          set == HISTORY_CREATIONS ? compare_creations : compare_of_attempt);
    out->count[set] = 0;
    for (size_t i = 0; i < found && out->count[set] < HISTORY_SET_MAX; i++) {
        if (i == 0 || naive_entry_compare(set, &entries[i - 1], &entries[i]))
            out->entries[set][out->count[set]++] = entries[i];
    }
    free(entries);
}

static int compare_events(const void *a, const void *b)
{
    return naive_event_compare(*(const struct event *const *)a, *(const struct event *const *)b);
}

static struct sorted sort_events(const struct event *events, size_t count)
{
    struct sorted all = {.events = malloc(count * sizeof *all.events)};

    if (!all.events)
        abort();
    for (size_t i = 0; i < count; i++)
        all.events[i] = &events[i];
    qsort(all.events, count, sizeof *all.events, compare_events);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || compare_events(&all.events[all.count - 1], &all.events[i]))
            all.events[all.count++] = all.events[i];
    }
    return all;
}

void naive_fold(const struct event *events, size_t count, struct naive_row *out)
{
    struct sorted all = sort_events(events, count);

    out->columns = read_table(&all);
    read_history_set(&all, HISTORY_CREATIONS, is_creation, &out->history);
    read_history_set(&all, HISTORY_STARTS, is_start, &out->history);
    read_history_set(&all, HISTORY_ENDS, is_end, &out->history);
    free(all.events);
}
