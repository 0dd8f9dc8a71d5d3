// SPDX-License-Identifier: Apache-2.0
// Requests on their way to the API's threads: first come, first served, and beside them those that
// wait for a while. Bounded by the connections, of which each has at most one. Thread-safe.
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct work_item { // embedded in what is worked on
    struct work_item *next;
    int64_t due_us; // of one that waits (monotonic)
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
// To come back at due_us, or when the list is closed.
void work_list_add_later(struct work_list *list, struct work_item *item, int64_t due_us);
// Blocks until there is one, or until until_us (monotonic). NULL: that moment came, or it is closed
// and nothing is left: then *closed.
struct work_item *work_list_take(struct work_list *list, int64_t until_us, bool *closed);
// Nothing more comes in; what is there is still handed out, without waiting.
void work_list_close(struct work_list *list);
