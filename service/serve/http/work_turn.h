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
    // Threads at once, each at least 1; an organisation's beside others that ask too, and alone.
    size_t member_busy, beside_others_busy, organization_busy;
    struct share_limits held; // items: waiting, worked on, or to come back
};

enum { WORK_RECENT_US = 10 * 1000 * 1000 };

// An organisation of which an item was taken.
struct work_recent {
    uint32_t hash; // of its id; two that share it count as one
    int64_t taken_us;
};

struct work_turns {
    struct work_limits limits;
    struct work_turn *organizations; // a table, owned
    struct work_turn *next_turn;     // the organisations that have something to do, in their order
    size_t held;
    struct work_recent recent[2]; // the last two, the newest first
};

// The member's, made if it is not there, with one item more that is theirs.
enum share_answer work_turn_hold(struct work_turns *turns, struct slice organization_id,
                                 struct slice member, struct work_turn **out) MUST_CHECK;
// One item is theirs no longer.
void work_turn_let_go(struct work_turns *turns, struct work_turn *member);
// The item waits as the last of its member's.
void work_turn_append(struct work_turns *turns, struct work_item *item);
// The item of whoever's turn it is, who is then the last: it is worked on. NULL: there is none, or
// all who have one have their part of the threads, which with all does not matter. An
// organisation's part is smaller while another one had a turn in the last WORK_RECENT_US before
// now_us (monotonic).
struct work_item *work_turn_take(struct work_turns *turns, int64_t now_us, bool all);
// One item of theirs is worked on no longer.
void work_turn_rest(struct work_turn *member);
