// SPDX-License-Identifier: Apache-2.0
#include "serve/source/scout.h"

#include <stdlib.h>

void scout_init(struct scout *scout, const struct start_finder *finder,
                const struct record_reader *reader)
{
    *scout = (struct scout){.finder = *finder, .reader = *reader};
    pthread_mutex_init(&scout->mutex, NULL);
    pthread_cond_init(&scout->changed, NULL);
}

static void find(struct scout *scout, enum scout_errand errand, struct scout_find *finds,
                 size_t count)
{
    struct start_search *searches = calloc(count, sizeof *searches);
    struct err err;

    for (size_t i = 0; i < count && searches; i++)
        searches[i].source = finds[i].reading->source;
    if (!searches)
        err_no_memory(&err);
    else if (errand == SCOUT_START)
        start_finder_find(&scout->finder, searches, count);
    else
        checkpoints_check(&scout->finder.positions, &scout->reader, searches, count);
    for (size_t i = 0; i < count; i++)
        finds[i].search = searches ? searches[i] : (struct start_search){.rc = RETRY, .err = err};
    free(searches);
}

static void *run(void *argument)
{
    struct scout *scout = argument;

    pthread_mutex_lock(&scout->mutex);
    while (!scout->is_ending) {
        if (!scout->finds || scout->is_answered) {
            pthread_cond_wait(&scout->changed, &scout->mutex);
            continue;
        }
        pthread_mutex_unlock(&scout->mutex);
        find(scout, scout->errand, scout->finds, scout->count);
        pthread_mutex_lock(&scout->mutex);
        scout->is_answered = true;
    }
    pthread_mutex_unlock(&scout->mutex);
    return NULL;
}

int scout_start(struct scout *scout, struct err *err)
{
    if (pthread_create(&scout->thread, NULL, run, scout))
        return err_set(err, RETRY, "NO_THREAD",
                       "the system gives no thread for starting partitions");
    scout->is_running = true;
    return DONE;
}

void scout_stop(struct scout *scout)
{
    if (!scout->is_running)
        return;
    pthread_mutex_lock(&scout->mutex);
    scout->is_ending = true;
    pthread_cond_signal(&scout->changed);
    pthread_mutex_unlock(&scout->mutex);
    pthread_join(scout->thread, NULL);
    scout->is_running = false;
}

void scout_close(struct scout *scout)
{
    scout_stop(scout);
    start_finder_close(&scout->finder);
    free(scout->finds);
    pthread_cond_destroy(&scout->changed);
    pthread_mutex_destroy(&scout->mutex);
}

bool scout_is_idle(struct scout *scout)
{
    bool is_idle;

    pthread_mutex_lock(&scout->mutex);
    is_idle = !scout->finds;
    pthread_mutex_unlock(&scout->mutex);
    return is_idle;
}

void scout_ask(struct scout *scout, enum scout_errand errand, struct scout_find *finds,
               size_t count)
{
    if (!scout->is_running)
        find(scout, errand, finds, count);
    pthread_mutex_lock(&scout->mutex);
    scout->finds = finds;
    scout->count = count;
    scout->errand = errand;
    scout->is_answered = !scout->is_running;
    pthread_cond_signal(&scout->changed);
    pthread_mutex_unlock(&scout->mutex);
}

struct scout_find *scout_take(struct scout *scout, enum scout_errand *errand, size_t *count)
{
    struct scout_find *finds = NULL;

    pthread_mutex_lock(&scout->mutex);
    if (scout->is_answered) {
        finds = scout->finds;
        *count = scout->count;
        *errand = scout->errand;
        scout->finds = NULL;
        scout->is_answered = false;
    }
    pthread_mutex_unlock(&scout->mutex);
    return finds;
}
