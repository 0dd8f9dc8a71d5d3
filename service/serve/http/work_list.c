// SPDX-License-Identifier: Apache-2.0
#include "serve/http/work_list.h"

#include "base/clock.h"
#include "base/condition.h"

void work_list_init(struct work_list *list)
{
    *list = (struct work_list){0};
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

void work_list_add_later(struct work_list *list, struct work_item *item, int64_t due_us)
{
    struct work_item **at = &list->waiting;

    pthread_mutex_lock(&list->mutex);
    item->due_us = due_us;
    while (*at && (*at)->due_us <= due_us)
        at = &(*at)->next;
    item->next = *at;
    *at = item;
    pthread_cond_signal(&list->changed);
    pthread_mutex_unlock(&list->mutex);
}

static struct work_item *take_ready(struct work_list *list)
{
    struct work_item *item = list->waiting;

    if (item && (list->closed || item->due_us <= clock_monotonic_us())) {
        list->waiting = item->next;
        return item;
    }
    item = list->first;
    if (item) {
        list->first = item->next;
        if (!list->first)
            list->last = NULL;
    }
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

void work_list_close(struct work_list *list)
{
    pthread_mutex_lock(&list->mutex);
    list->closed = true;
    pthread_cond_broadcast(&list->changed);
    pthread_mutex_unlock(&list->mutex);
}
