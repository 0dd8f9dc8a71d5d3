// SPDX-License-Identifier: Apache-2.0
// The packed columns of the first way stand for all: the others must give the same bytes. The
// history is compared as it is read back from its packed column.
#include "property/fold_check.h"

#include "base/utf8.h"
#include "core/pack.h"
#include "property/event_print.h"
#include "property/fold_ways.h"
#include "property/naive_order.h"

enum { SHRINK_SEEDS = 30 };

static bool same_history(const struct naive_history *expected, const struct history *got)
{
    for (int set = 0; set < HISTORY_SETS; set++) {
        if (expected->count[set] != got->count[set])
            return false;
        for (size_t i = 0; i < got->count[set]; i++) {
            struct event event = history_event(got, (enum history_set_kind)set, (int)i);
            struct history_entry entry = naive_entry(&event);

            if (naive_entry_compare((enum history_set_kind)set, &expected->entries[set][i], &entry))
                return false;
        }
    }
    return true;
}

static void print_history(FILE *to, const struct history *history)
{
    for (int set = 0; set < HISTORY_SETS; set++) {
        for (int i = 0; i < history->count[set]; i++) {
            struct event event = history_event(history, (enum history_set_kind)set, i);
            struct history_entry entry = naive_entry(&event);

            print_entry(to, &entry);
        }
    }
}

static void print_naive_history(FILE *to, const struct naive_history *history)
{
    for (int set = 0; set < HISTORY_SETS; set++) {
        for (size_t i = 0; i < history->count[set]; i++)
            print_entry(to, &history->entries[set][i]);
    }
}

// "so that the deciding event is always there": it is the first of its set.
static bool deciding_events_are_first(const struct naive_row *row)
{
    const struct job_columns *columns = &row->columns;
    const struct history_entry *creation = &row->history.entries[HISTORY_CREATIONS][0];
    const struct history_entry *start = &row->history.entries[HISTORY_STARTS][0];
    const struct history_entry *end = &row->history.entries[HISTORY_ENDS][0];
    struct slice shown = columns->message;

    if (columns->created_at_us != TIME_NONE &&
        (creation->occurred_at_us != columns->created_at_us ||
         creation->cancellable != columns->cancellable ||
         !slice_equal(creation->creator_id, columns->creator_id) ||
         !slice_equal(creation->type, columns->type)))
        return false;
    if (columns->started_at_us != TIME_NONE && start->occurred_at_us != columns->started_at_us)
        return false;
    if (columns->finished_at_us == TIME_NONE)
        return true;
    shown.size = utf8_cut(shown, HISTORY_MESSAGE_MAX_BYTES);
    return end->occurred_at_us == columns->finished_at_us && end->attempt == columns->attempt &&
           slice_equal(end->error_code, columns->error_code) &&
           (!end->message.data || slice_equal(end->message, shown));
}

static bool is_as_expected(const struct job_columns *columns, const struct naive_row *expected,
                           FILE *tell)
{
    struct row *row = NULL;
    struct err err;
    bool good = false;

    if (!same_columns(columns, &expected->columns)) {
        if (tell) {
            fputs("other columns: expected\n", tell);
            print_columns(tell, &expected->columns);
            fputs("got\n", tell);
            print_columns(tell, columns);
        }
        return false;
    }
    if (unpack_row(columns, &row, &err)) {
        if (tell)
            fprintf(tell, "cannot be read back: %s\n", err.text);
        return false;
    }
    good = same_history(&expected->history, &row->history);
    if (!good && tell) {
        fputs("other history: expected\n", tell);
        print_naive_history(tell, &expected->history);
        fputs("got\n", tell);
        print_history(tell, &row->history);
    }
    row_free(row);
    return good;
}

static bool way_holds(const struct fold_way *way, struct row *row, const struct naive_row *expected,
                      struct job_columns *first, struct arena *arena, FILE *tell)
{
    struct job_columns columns;
    struct err err;

    if (pack_row(row, arena, &columns, &err)) {
        if (tell)
            fprintf(tell, "cannot be packed: %s\n", err.text);
        return false;
    }
    if (!is_as_expected(&columns, expected, tell))
        return false;
    if (way == fold_ways) {
        // The row goes; these two are compared with the later ways'.
        return arena_copy(arena, columns.state, &first->state) &&
               arena_copy(arena, columns.history, &first->history);
    }
    if (!slice_equal(columns.state, first->state) ||
        !slice_equal(columns.history, first->history)) {
        if (tell)
            fprintf(tell, "other packed bytes than by the way \"%s\"\n", fold_ways[0].name);
        return false;
    }
    return true;
}

bool fold_holds(const struct event *events, size_t count, uint64_t seed, struct arena *arena,
                FILE *tell)
{
    struct dice dice = dice_from(seed);
    struct job_columns first = {0};
    struct naive_row expected;
    bool good = true;

    naive_fold(events, count, &expected);
    if (!deciding_events_are_first(&expected)) {
        if (tell)
            fputs("the design contradicts itself: a deciding event is not the first\n", tell);
        return false;
    }
    for (const struct fold_way *way = fold_ways; good && way < fold_ways + FOLD_WAYS; way++) {
        struct row *row = way->fold(events, count, &dice, arena, tell);

        good = row && way_holds(way, row, &expected, &first, arena, tell);
        if (!good && tell)
            fprintf(tell, "by the way \"%s\"\n", way->name);
        row_free(row);
    }
    arena_reset(arena);
    return good;
}

static bool fails_under_some_seed(const struct event *events, size_t count, uint64_t *seed,
                                  struct arena *arena)
{
    for (uint64_t i = 0; i < SHRINK_SEEDS; i++) {
        if (!fold_holds(events, count, *seed + i, arena, NULL)) {
            *seed += i;
            return true;
        }
    }
    return false;
}

size_t fold_shrink(struct event *events, size_t count, uint64_t *seed, struct arena *arena)
{
    for (size_t i = 0; count > 1 && i < count;) {
        struct event without = events[i];

        memmove(&events[i], &events[i + 1], (count - i - 1) * sizeof *events);
        if (fails_under_some_seed(events, count - 1, seed, arena)) {
            count--;
            i = 0;
        } else {
            memmove(&events[i + 1], &events[i], (count - i - 1) * sizeof *events);
            events[i++] = without;
        }
    }
    return count;
}
