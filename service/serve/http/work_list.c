// SPDX-License-Identifier: Apache-2.0
#include "serve/http/work_list.h"

#include "base/clock.h"
#include "base/condition.h"
#include "serve/http/work_turn.h"

enum { MEMBER_HELD_LEAST = 16 };

// The last thread is nobody's alone, where there are several.
struct work_limits work_limits_of(size_t threads, size_t connections)
{
    const size_t organization = threads * 3 / 4, member = threads / 2;
    const size_t held = connections / 8;

    return (struct work_limits){
        .member_busy = member ? member : 1,
        .organization_busy = organization ? organization : 1,
        .held = {.member = held > MEMBER_HELD_LEAST ? held : MEMBER_HELD_LEAST,
                 .organization =
                     connections / 2 > MEMBER_HELD_LEAST ? connections / 2 : MEMBER_HELD_LEAST,
                 .all = connections},
    };
}

void work_list_init(struct work_list *list, const struct work_limits *limits)
{
    *list = (struct work_list){.limits = *limits};
    pthread_mutex_init(&list->mutex, NULL);
    condition_init(&list->changed);
}

void work_list_destroy(struct work_list *list)
{
    pthread_cond_destroy(&list->changed);
    pthread_mutex_destroy(&list->mutex);
}

bool work_list_add(struct work_list *list, struct work_item *item)
{
    bool added;

    pthread_mutex_lock(&list->mutex);
    added = !list->closed;
    if (added) {
        item->next = NULL;
        item->turn = NULL;
        if (list->last)
            list->last->next = item;
        else
            list->first = item;
        list->last = item;
        pthread_cond_signal(&list->changed);
    }
    pthread_mutex_unlock(&list->mutex);
    return added;
}

enum share_answer work_list_queue(struct work_list *list, struct work_item *item,
                                  struct slice organization_id, struct slice member)
{
    enum share_answer answer;

    pthread_mutex_lock(&list->mutex);
    answer = work_turn_hold(list, organization_id, member, &item->turn);
    if (answer == SHARE_TAKEN) {
        work_turn_append(list, item);
        pthread_cond_signal(&list->changed);
    }
    pthread_mutex_unlock(&list->mutex);
    return answer;
}

void work_list_add_later(struct work_list *list, struct work_item *item, int64_t due_us)
{
    struct work_item **at = &list->waiting;

    pthread_mutex_lock(&list->mutex);
    if (item->turn)
        work_turn_rest(item->turn);
    item->due_us = due_us;
    while (*at && (*at)->due_us <= due_us)
        at = &(*at)->next;
    item->next = *at;
    *at = item;
    pthread_cond_signal(&list->changed);
    pthread_mutex_unlock(&list->mutex);
}

static struct work_item *take_unknown(struct work_list *list)
{
    struct work_item *item = list->first;

    list->first = item->next;
    if (!list->first)
        list->last = NULL;
    return item;
}

static struct work_item *take_ready(struct work_list *list)
{
    int64_t now_us = clock_monotonic_us();
    struct work_item *item;

    while ((item = list->waiting) && (list->closed || item->due_us <= now_us)) {
        list->waiting = item->next;
        if (!item->turn)
            return item;
        work_turn_append(list, item);
    }
    item = list->turn_is_due ? work_turn_take(list) : NULL;
    list->turn_is_due = !item && list->first;
    if (!item)
        item = list->first ? take_unknown(list) : work_turn_take(list);
    return item;
}

static void wait_for_change(struct work_list *list, int64_t until_us)
{
    if (list->waiting && list->waiting->due_us < until_us)
        until_us = list->waiting->due_us;
    condition_wait_until(&list->changed, &list->mutex, until_us);
}

struct work_item *work_list_take(struct work_list *list, int64_t until_us, bool *closed)
{
    struct work_item *item;

    pthread_mutex_lock(&list->mutex);
    while (!(item = take_ready(list)) && !list->closed && clock_monotonic_us() < until_us)
        wait_for_change(list, until_us);
    *closed = !item && list->closed;
    pthread_mutex_unlock(&list->mutex);
    return item;
}

void work_list_done(struct work_list *list, struct work_item *item)
{
    if (!item->turn)
        return;
    pthread_mutex_lock(&list->mutex);
    work_turn_rest(item->turn);
    work_turn_let_go(list, item->turn);
    item->turn = NULL;
    if (list->next_turn) // for somebody who had their part of the threads, it may be their turn
        pthread_cond_signal(&list->changed);
    pthread_mutex_unlock(&list->mutex);
}

void work_list_close(struct work_list *list)
{
    pthread_mutex_lock(&list->mutex);
    list->closed = true;
    pthread_cond_broadcast(&list->changed);
    pthread_mutex_unlock(&list->mutex);
}
