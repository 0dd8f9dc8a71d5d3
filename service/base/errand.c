// SPDX-License-Identifier: Apache-2.0
#include "base/errand.h"

void errand_init(struct errand *errand, void (*run)(void *self, void *what), void *self)
{
    *errand = (struct errand){.run = run, .self = self};
    pthread_mutex_init(&errand->mutex, NULL);
    pthread_cond_init(&errand->changed, NULL);
}

static void *run(void *argument)
{
    struct errand *errand = argument;

    pthread_mutex_lock(&errand->mutex);
    while (!errand->is_ending) {
        if (!errand->what || errand->is_answered) {
            pthread_cond_wait(&errand->changed, &errand->mutex);
            continue;
        }
        pthread_mutex_unlock(&errand->mutex);
        errand->run(errand->self, errand->what);
        pthread_mutex_lock(&errand->mutex);
        errand->is_answered = true;
    }
    pthread_mutex_unlock(&errand->mutex);
    return NULL;
}

int errand_start(struct errand *errand, struct err *err)
{
    if (pthread_create(&errand->thread, NULL, run, errand))
        return err_set(err, RETRY, "NO_THREAD", "the system gives no thread to ask others with");
    errand->is_running = true;
    return DONE;
}

void errand_stop(struct errand *errand)
{
    if (!errand->is_running)
        return;
    pthread_mutex_lock(&errand->mutex);
    errand->is_ending = true;
    pthread_cond_signal(&errand->changed);
    pthread_mutex_unlock(&errand->mutex);
    pthread_join(errand->thread, NULL);
    errand->is_running = false;
}

void *errand_close(struct errand *errand)
{
    errand_stop(errand);
    pthread_cond_destroy(&errand->changed);
    pthread_mutex_destroy(&errand->mutex);
    return errand->what;
}

bool errand_is_idle(struct errand *errand)
{
    bool is_idle;

    pthread_mutex_lock(&errand->mutex);
    is_idle = !errand->what;
    pthread_mutex_unlock(&errand->mutex);
    return is_idle;
}

void errand_ask(struct errand *errand, void *what)
{
    if (!errand->is_running)
        errand->run(errand->self, what);
    pthread_mutex_lock(&errand->mutex);
    errand->what = what;
    errand->is_answered = !errand->is_running;
    pthread_cond_signal(&errand->changed);
    pthread_mutex_unlock(&errand->mutex);
}

void *errand_take(struct errand *errand)
{
    void *what = NULL;

    pthread_mutex_lock(&errand->mutex);
    if (errand->is_answered) {
        what = errand->what;
        errand->what = NULL;
        errand->is_answered = false;
    }
    pthread_mutex_unlock(&errand->mutex);
    return what;
}
