// SPDX-License-Identifier: Apache-2.0
#include "serve/http/work_list.h"

#include "base/clock.h"
#include "base/condition.h"

enum { MEMBER_HELD_LEAST = 16 };

// What is claimed costs nobody their share, and is not worked on for long.
static const struct work_limits unlimited = {
    SIZE_MAX, SIZE_MAX, SIZE_MAX, {SIZE_MAX, SIZE_MAX, SIZE_MAX}};

// The last thread is nobody's alone, where there are several. Beside others, half of them: more
// would keep more cores of PostgreSQL's busy with one organisation's slow questions than it has to
// share.
struct work_limits work_limits_of(size_t threads, size_t connections)
{
    const size_t organization = threads * 3 / 4, half = threads / 2 ? threads / 2 : 1;
    const size_t held = connections / 8;

    return (struct work_limits){
        .member_busy = half,
        .beside_others_busy = half,
        .organization_busy = organization ? organization : 1,
        .held = {.member = held > MEMBER_HELD_LEAST ? held : MEMBER_HELD_LEAST,
                 .organization =
                     connections / 2 > MEMBER_HELD_LEAST ? connections / 2 : MEMBER_HELD_LEAST,
                 .all = connections},
    };
}

void work_list_init(struct work_list *list, const struct work_limits *limits)
{
    *list = (struct work_list){.claimed.limits = unlimited, .known.limits = *limits};
    pthread_mutex_init(&list->mutex, NULL);
    condition_init(&list->changed);
}

void work_list_destroy(struct work_list *list)
{
    pthread_cond_destroy(&list->changed);
    pthread_mutex_destroy(&list->mutex);
}

bool work_list_add(struct work_list *list, struct work_item *item, struct slice organization_id,
                   struct slice claim)
{
    bool added;

    pthread_mutex_lock(&list->mutex);
    added = !list->closed &&
            work_turn_hold(&list->claimed, organization_id, claim, &item->turn) == SHARE_TAKEN;
    if (added) {
        work_turn_append(&list->claimed, item);
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
    answer = work_turn_hold(&list->known, organization_id, member, &item->turn);
    if (answer == SHARE_TAKEN) {
        work_turn_append(&list->known, item);
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

// It is nobody's then.
static struct work_item *take_claimed(struct work_list *list, int64_t now_us)
{
    struct work_item *item = work_turn_take(&list->claimed, now_us, true);

    if (!item)
        return NULL;
    work_turn_rest(item->turn);
    work_turn_let_go(&list->claimed, item->turn);
    item->turn = NULL;
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
        work_turn_append(&list->known, item);
    }
    item = list->turn_is_due ? work_turn_take(&list->known, now_us, list->closed) : NULL;
    list->turn_is_due = !item && list->claimed.held;
    if (!item)
        item = take_claimed(list, now_us);
    return item ? item : work_turn_take(&list->known, now_us, list->closed);
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
    work_turn_let_go(&list->known, item->turn);
    item->turn = NULL;
    if (list->known
            .next_turn) // for somebody who had their part of the threads, it may be their turn
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
