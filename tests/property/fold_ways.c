// SPDX-License-Identifier: Apache-2.0
// A row only ever grows, so a batch has changed it exactly when its columns, packed ones included,
// are other bytes than before: what makes "an event that changes nothing writes nothing" testable.
#include "property/fold_ways.h"

#include <stdlib.h>

#include "core/fold.h"
#include "core/pack.h"

enum { FED_MAX = 128, PARTS_MAX = 8 };

// The events in the order in which a way feeds them, some of them twice.
struct feed {
    const struct event *events[FED_MAX];
    size_t count;
};

bool same_packed_columns(const struct job_columns *a, const struct job_columns *b)
{
    return same_columns(a, b) && slice_equal(a->state, b->state) &&
           slice_equal(a->history, b->history);
}

static bool complain(FILE *tell, const char *what)
{
    if (tell)
        fprintf(tell, "%s\n", what);
    return false;
}

static struct row *new_row(const struct event *event, FILE *tell)
{
    struct err err;
    struct row *row = row_new((struct job_key){event->organization_id, event->job_id}, &err);

    if (!row)
        complain(tell, err.text);
    return row;
}

static bool fold_one(struct row *row, const struct event *event, bool *changed, FILE *tell)
{
    struct err err;

    return !fold_event(row, event, changed, &err) || complain(tell, err.text);
}

static bool join_one(struct row *row, const struct row *other, bool *changed, FILE *tell)
{
    struct err err;

    return !fold_join(row, other, changed, &err) || complain(tell, err.text);
}

// A new row of count events; NULL as fold_ways.h says.
static struct row *fold_all(const struct event *const *events, size_t count, FILE *tell)
{
    struct row *row = new_row(events[0], tell);
    bool changed;

    for (size_t i = 0; row && i < count; i++) {
        if (!fold_one(row, events[i], &changed, tell)) {
            row_free(row);
            row = NULL;
        }
    }
    return row;
}

static struct feed shuffled_with_repeats(const struct event *events, size_t count,
                                         struct dice *dice)
{
    struct feed feed = {.count = count};
    size_t repeats = dice_below(dice, count + 1) / 2;

    for (size_t i = 0; i < count; i++)
        feed.events[i] = &events[i];
    for (; repeats > 0 && feed.count < FED_MAX; repeats--)
        feed.events[feed.count++] = &events[dice_below(dice, count)];
    for (size_t i = feed.count; i > 1; i--) {
        size_t other = dice_below(dice, i);
        const struct event *moved = feed.events[i - 1];

        feed.events[i - 1] = feed.events[other];
        feed.events[other] = moved;
    }
    return feed;
}

static struct row *as_drawn(const struct event *events, size_t count, struct dice *dice,
                            struct arena *arena, FILE *tell)
{
    const struct event *order[FED_MAX];

    (void)dice;
    (void)arena;
    for (size_t i = 0; i < count; i++)
        order[i] = &events[i];
    return fold_all(order, count, tell);
}

static struct row *shuffled(const struct event *events, size_t count, struct dice *dice,
                            struct arena *arena, FILE *tell)
{
    struct feed feed = shuffled_with_repeats(events, count, dice);
    struct row *row = fold_all(feed.events, feed.count, tell);
    bool changed = false;

    (void)arena;
    for (size_t i = 0; row && i < feed.count; i++) {
        if (fold_one(row, feed.events[i], &changed, tell) &&
            (!changed || complain(tell, "an event that was there already changed the row")))
            continue;
        row_free(row);
        row = NULL;
    }
    return row;
}

// What a batch says of itself against what it did to the columns.
static bool flags_are_true(const struct row *row, bool changed, const struct job_columns *before,
                           const struct job_columns *after, FILE *tell)
{
    if (changed == same_packed_columns(before, after))
        return complain(tell, changed ? "changed is set, and nothing changed"
                                      : "changed is not set, and the row changed");
    if (row->history_changed == slice_equal(before->history, after->history))
        return complain(tell, "history_changed is untrue");
    // Set without need is allowed: another winning end may bring the same text.
    if (!row->error_detail_changed && !slice_equal(before->error_detail, after->error_detail))
        return complain(tell, "error_detail_changed is not set, and the column changed");
    return true;
}

// One batch on a row that was read back from its columns, which become those after the batch.
static bool fold_batch(struct job_columns *columns, struct row **row,
                       const struct event *const *events, size_t count, struct arena *arena,
                       FILE *tell)
{
    struct job_columns before = *columns;
    bool changed = false;
    struct err err;

    row_free(*row);
    *row = NULL;
    if (unpack_row(&before, row, &err))
        return complain(tell, err.text);
    if ((*row)->history_changed || (*row)->error_detail_changed)
        return complain(tell, "a row that was just read says that it has changed");
    for (size_t i = 0; i < count; i++) {
        if (!fold_one(*row, events[i], &changed, tell))
            return false;
    }
    if (pack_row(*row, arena, columns, &err))
        return complain(tell, err.text);
    return flags_are_true(*row, changed, &before, columns, tell);
}

// The columns borrow from the row they were packed from, which goes before they do.
static bool keep_columns(struct job_columns *columns, struct arena *arena)
{
    struct slice *const texts[] = {&columns->type,         &columns->creator_id,
                                   &columns->message,      &columns->error_code,
                                   &columns->error_detail, &columns->result_uri,
                                   &columns->state,        &columns->history,
                                   &columns->key.job_id,   &columns->key.organization_id};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!arena_copy(arena, *texts[i], texts[i]))
            return false;
    }
    return true;
}

static struct row *packed_between_batches(const struct event *events, size_t count,
                                          struct dice *dice, struct arena *arena, FILE *tell)
{
    struct feed feed = shuffled_with_repeats(events, count, dice);
    size_t most = dice_percent(dice, 30) ? 1 : dice_between(dice, 1, feed.count);
    struct row *row = fold_all(feed.events, 1, tell);
    struct job_columns columns;
    struct err err;
    bool good = row && !pack_row(row, arena, &columns, &err);

    for (size_t at = 1, taken; good && at < feed.count; at += taken) {
        taken = dice_between(dice, 1, most < feed.count - at ? most : feed.count - at);
        good = keep_columns(&columns, arena) &&
               fold_batch(&columns, &row, feed.events + at, taken, arena, tell);
    }
    if (!good) {
        row_free(row);
        row = NULL;
    }
    return row;
}

// One join, after which the row must say truly whether it changed. As if it had been written
// before.
static bool join_told(struct row *row, const struct row *other, struct arena *arena, FILE *tell)
{
    struct job_columns before, after;
    bool changed = false;
    struct err err;

    row->history_changed = row->error_detail_changed = false;
    if (pack_row(row, arena, &before, &err) || !keep_columns(&before, arena))
        return complain(tell, "cannot be packed before a join");
    if (!join_one(row, other, &changed, tell))
        return false;
    if (pack_row(row, arena, &after, &err))
        return complain(tell, err.text);
    return flags_are_true(row, changed, &before, &after, tell);
}

static bool join_again(struct row *row, const struct row *other, FILE *tell)
{
    bool changed = false;

    return join_one(row, other, &changed, tell) &&
           (!changed || complain(tell, "a row that was joined already changed the row"));
}

// Two parts become one, in either direction, until one is left.
static bool join_parts(struct row *parts[], size_t count, struct dice *dice, struct arena *arena,
                       FILE *tell)
{
    for (; count > 1; count--) {
        size_t into = dice_below(dice, count - 1);
        struct row *other = parts[count - 1];

        if (dice_percent(dice, 50)) {
            parts[count - 1] = parts[into];
            parts[into] = other;
            other = parts[count - 1];
        }
        if (!join_told(parts[into], other, arena, tell) || !join_again(parts[into], other, tell))
            return false;
        row_free(other);
        parts[count - 1] = NULL;
    }
    return true;
}

static struct row *joined_as_a_tree(const struct event *events, size_t count, struct dice *dice,
                                    struct arena *arena, FILE *tell)
{
    struct feed feed = shuffled_with_repeats(events, count, dice);
    size_t part_count = dice_between(dice, 1, feed.count < PARTS_MAX ? feed.count : PARTS_MAX);
    struct row *parts[PARTS_MAX] = {0};
    bool good = true;

    for (size_t i = 0; good && i < part_count; i++) {
        size_t from = feed.count * i / part_count, to = feed.count * (i + 1) / part_count;

        parts[i] = fold_all(feed.events + from, to - from, tell);
        good = parts[i] != NULL;
    }
    good = good && join_parts(parts, part_count, dice, arena, tell);
    for (size_t i = good ? 1 : 0; i < part_count; i++)
        row_free(parts[i]);
    return good ? parts[0] : NULL;
}

const struct fold_way fold_ways[FOLD_WAYS] = {
    {"as drawn, one by one", as_drawn},
    {"shuffled, with repeats, each fed twice", shuffled},
    {"in batches, packed and unpacked between", packed_between_batches},
    {"partial rows joined as a tree", joined_as_a_tree},
};
