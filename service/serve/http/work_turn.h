// SPDX-License-Identifier: Apache-2.0
// Whose turn it is in a work list: its organisations, each with its members, each with the items
// that wait. One who has no item at all is forgotten. All under the list's mutex.
#pragma once

#include "serve/http/work_list.h"

// The member's, made if it is not there, with one item more that is theirs.
enum share_answer work_turn_hold(struct work_list *list, struct slice organization_id,
                                 struct slice member, struct work_turn **out) MUST_CHECK;
// One item is theirs no longer.
void work_turn_let_go(struct work_list *list, struct work_turn *member);
// The item waits as the last of its member's.
void work_turn_append(struct work_list *list, struct work_item *item);
// The item of whoever's turn it is, who is then the last: it is worked on. NULL: there is none, or
// all who have one have their part of the threads.
struct work_item *work_turn_take(struct work_list *list);
// One item of theirs is worked on no longer.
void work_turn_rest(struct work_turn *member);
