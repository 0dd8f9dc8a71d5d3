// SPDX-License-Identifier: Apache-2.0
// Whose turn it is: organisations, each with its members, each with the items that wait (fair
// queueing). One who has no item at all is forgotten. Not thread-safe.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "view/share.h"

struct work_turn;

struct work_item { // embedded in what is worked on
    struct work_item *next;
    int64_t due_us;         // when one that waits comes back (monotonic)
    struct work_turn *turn; // whose it is, or claims to be; NULL: nobody's
};

struct work_limits {
    size_t member_busy, organization_busy; // threads at once, each at least 1
    struct share_limits held;              // items: waiting, worked on, or to come back
};

struct work_turns {
    struct work_limits limits;
    struct work_turn *organizations; // a table, owned
    struct work_turn *next_turn;     // the organisations that have something to do, in their order
    size_t held;
};

// The member's, made if it is not there, with one item more that is theirs.
enum share_answer work_turn_hold(struct work_turns *turns, struct slice organization_id,
                                 struct slice member, struct work_turn **out) MUST_CHECK;
// One item is theirs no longer.
void work_turn_let_go(struct work_turns *turns, struct work_turn *member);
// The item waits as the last of its member's.
void work_turn_append(struct work_turns *turns, struct work_item *item);
// The item of whoever's turn it is, who is then the last: it is worked on. NULL: there is none, or
// all who have one have their part of the threads, which with all does not matter.
struct work_item *work_turn_take(struct work_turns *turns, bool all);
// One item of theirs is worked on no longer.
void work_turn_rest(struct work_turn *member);
