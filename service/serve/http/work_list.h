// SPDX-License-Identifier: Apache-2.0
// The requests that wait for one of the API's threads. Every other one that is taken is of those of
// whom it is not known yet who asks: to find that out is little work, but whoever has no token can
// ask for much of it. These take turns by what they claim, so that whoever asks much is in the way
// of those who claim the same; who claims what is not so gains no more than a turn each time. The
// others wait behind their own: organisations take turns, and within one its members. Neither has
// more than its part of the threads at once, also where nobody else waits, so that whoever comes
// next need not wait until what is slow has ended, and an organisation a smaller one while others
// ask now and then; and neither has more than its share of requests here. There are never more than
// connections. Thread-safe.
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "serve/http/work_turn.h"

struct work_list {
    pthread_mutex_t mutex;
    pthread_cond_t changed;    // by the monotonic clock
    struct work_turns claimed; // of those of whom it is not known who asks
    struct work_turns known;
    struct work_item *waiting; // to come back, by when
    bool turn_is_due;          // the one taken last was of nobody known
    bool closed;
};

// What is fair among so many threads and connections.
struct work_limits work_limits_of(size_t threads, size_t connections);

void work_list_init(struct work_list *list, const struct work_limits *limits);
// Of no item that was queued may anything be left undone.
void work_list_destroy(struct work_list *list);
// False once it is closed, or without memory: the item stays the caller's. It is nobody's yet, and
// waits with those who claim to be the same of the same organisation.
bool work_list_add(struct work_list *list, struct work_item *item, struct slice organization_id,
                   struct slice claim);
// By whoever took the item: it is that member's from now on, and waits for their turn. Only with
// SHARE_TAKEN; else it stays the caller's, and nobody's.
enum share_answer work_list_queue(struct work_list *list, struct work_item *item,
                                  struct slice organization_id, struct slice member) MUST_CHECK;
// By whoever took the item: it comes back at due_us, or when the list is closed; if it is a
// member's, when it is their turn then.
void work_list_add_later(struct work_list *list, struct work_item *item, int64_t due_us);
// Takes an item, for which it waits until until_us (monotonic). NULL: there was none; with *closed
// there will be none any more.
struct work_item *work_list_take(struct work_list *list, int64_t until_us, bool *closed);
// By whoever took the item: it is done, and is nobody's any more.
void work_list_done(struct work_list *list, struct work_item *item);
// Nothing more can be added. What is in the list is still handed out, at once.
void work_list_close(struct work_list *list);
