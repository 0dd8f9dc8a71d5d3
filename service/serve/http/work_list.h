// SPDX-License-Identifier: Apache-2.0
// The requests that wait for one of the API's threads, in the order in which they came; and those
// that are to come back at a later moment. There are never more than connections. Thread-safe.
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct work_item { // embedded in what is worked on
    struct work_item *next;
    int64_t due_us; // when one that waits comes back (monotonic)
};

struct work_list {
    pthread_mutex_t mutex;
    pthread_cond_t changed; // by the monotonic clock
    struct work_item *first, *last, *waiting;
    bool closed;
};

void work_list_init(struct work_list *list);
void work_list_destroy(struct work_list *list);
// False once it is closed: the item stays the caller's.
bool work_list_add(struct work_list *list, struct work_item *item);
// The item comes back at due_us, or when the list is closed.
void work_list_add_later(struct work_list *list, struct work_item *item, int64_t due_us);
// Takes an item, for which it waits until until_us (monotonic). NULL: there was none; with *closed
// there will be none any more.
struct work_item *work_list_take(struct work_list *list, int64_t until_us, bool *closed);
// Nothing more can be added. What is in the list is still handed out, at once.
void work_list_close(struct work_list *list);
