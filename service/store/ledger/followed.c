// SPDX-License-Identifier: Apache-2.0
#include "store/ledger/followed.h"

#include <string.h>

#include "base/time_us.h"

enum { TURN_SECONDS = 30 };

void followed_begin(struct followed *followed, int64_t end, int64_t now_us)
{
    *followed = (struct followed){.floor = end, .next_floor = end, .turned_us = now_us};
}

// Where the id is, or would be.
static size_t place_of(const struct followed *followed, int64_t id)
{
    size_t low = 0, high = followed->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (followed->rows[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void forget(struct followed *followed, size_t place)
{
    followed->count--;
    memmove(&followed->rows[place], &followed->rows[place + 1],
            (followed->count - place) * sizeof *followed->rows);
}

static void forget_lowest(struct followed *followed)
{
    if (followed->rows[0].id > followed->floor)
        followed->floor = followed->rows[0].id;
    forget(followed, 0);
}

bool followed_note(struct followed *followed, int64_t id, int outcome, bool is_settled)
{
    size_t place = place_of(followed, id);
    struct followed_row row = {id, outcome, is_settled};
    bool is_known = place < followed->count && followed->rows[place].id == id;

    if (is_known && followed->rows[place].outcome == outcome)
        return false;
    if (!is_known && followed->count == FOLLOWED_MAX) {
        forget_lowest(followed);
        place = place_of(followed, id);
    }
    if (!is_known) {
        memmove(&followed->rows[place + 1], &followed->rows[place],
                (followed->count - place) * sizeof *followed->rows);
        followed->count++;
    }
    followed->rows[place] = row;
    return true;
}

void followed_turn(struct followed *followed, int64_t end, int64_t now_us)
{
    size_t kept = 0;

    if (now_us - followed->turned_us < TURN_SECONDS * US_PER_SECOND)
        return;
    if (followed->next_floor > followed->floor)
        followed->floor = followed->next_floor;
    followed->next_floor = end;
    followed->turned_us = now_us;
    for (size_t i = 0; i < followed->count; i++)
        if (!followed->rows[i].is_settled || followed->rows[i].id > followed->floor)
            followed->rows[kept++] = followed->rows[i];
    followed->count = kept;
}
