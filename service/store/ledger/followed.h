// SPDX-License-Identifier: Apache-2.0
// Which rows of a growing ledger were seen, and with which outcome: in bounded memory. Pure.
//
// Ids become visible out of order, so a row is new not when its id is the highest, but when it lies
// above a floor and is not remembered. The floor follows the ledger's end half a minute behind,
// three times as long as any writer's transaction may take; below it only rows whose outcome may
// still change are remembered. When there are too many, the lowest id is forgotten and the floor
// rises to it: better a change unseen than a row told twice.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FOLLOWED_MAX = 2000 };

struct followed_row {
    int64_t id;
    int outcome; // a number for each
    bool is_settled;
};

struct followed {
    struct followed_row rows[FOLLOWED_MAX]; // ascending ids
    size_t count;
    int64_t floor, next_floor;
    int64_t turned_us; // when next_floor was taken
};

// end: the highest id that the ledger has; with which it begins, since all below are not looked at.
void followed_begin(struct followed *followed, int64_t end, int64_t now_us);
// True if the row is new or its outcome is another than before. is_settled: it will not change.
bool followed_note(struct followed *followed, int64_t id, int outcome, bool is_settled);
// The ledger's end as it was before the rows were read; now_us never goes back.
void followed_turn(struct followed *followed, int64_t end, int64_t now_us);
