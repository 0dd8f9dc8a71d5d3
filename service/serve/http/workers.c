// SPDX-License-Identifier: Apache-2.0
#include "serve/http/workers.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "serve/http/served.h"

enum {
    QUEUED_MAX_US = 5 * 1000 * 1000, // longer ago asked, and it is too late to begin
    WAIT_STEP_US = 100 * 1000,       // between two looks at a position that is waited for
    CONNECT_STEP_US = 1000 * 1000,
    ASIDE_NS = 50 * 1000 * 1000,
};

struct worker_thread {
    struct workers *workers;
    struct reader_link link;
    pthread_t thread;
    bool started;
};

struct workers {
    const struct api *api;
    void (*answered)(void *self, size_t route, int status, double seconds);
    void *self;
    struct work_list list;
    struct worker_thread *threads; // owned
    size_t count;
    atomic_bool leaving;
};

static void answered(struct workers *workers, struct served *served)
{
    const struct visit *visit = &served->visit;
    double seconds = (double)(clock_monotonic_us() - served->began_us) / (double)US_PER_SECOND;

    if (workers->answered)
        workers->answered(workers->self, visit->route, visit->response.status, seconds);
    served->is_answered = true;
    MHD_resume_connection(served->mhd); // from here on it is the listener's
}

static void work_on(struct worker_thread *worker, struct served *served)
{
    struct workers *workers = worker->workers;
    struct visit *visit = &served->visit;
    bool waits = visit->wait_until_us;

    visit->now_us = clock_now_us();
    visit->monotonic_us = clock_monotonic_us();
    if (!waits && visit->monotonic_us - served->began_us > QUEUED_MAX_US) {
        api_refuse(workers->api, visit, PROBLEM_UNAVAILABLE, "Too much was asked before.");
    } else if (api_answer(workers->api, &worker->link, visit, buffer_slice(&served->target)) ==
               API_WAITS) {
        if (!workers->leaving) {
            work_list_add_later(&workers->list, &served->item, visit->monotonic_us + WAIT_STEP_US);
            return;
        }
        api_refuse(workers->api, visit, PROBLEM_UNAVAILABLE, "We are being stopped.");
    }
    answered(workers, served);
}

static void *run(void *self)
{
    struct worker_thread *worker = self;
    bool closed = false;
    struct err err;

    while (!closed) {
        int64_t now_us = clock_monotonic_us();
        struct work_item *item;

        // Also while nobody asks: who watches our readiness sends nobody before. While others can
        // answer, whoever cannot leaves the requests to them.
        if (reader_link_connect(&worker->link, now_us, &err) && !worker->workers->leaving &&
            workers_are_ready(worker->workers)) {
            nanosleep(&(struct timespec){.tv_nsec = ASIDE_NS}, NULL);
            continue;
        }
        item = work_list_take(&worker->workers->list, now_us + CONNECT_STEP_US, &closed);
        if (item)
            work_on(worker, (struct served *)item);
    }
    return NULL;
}

static int start_one(struct workers *workers, const struct server_options *options, struct err *err)
{
    struct worker_thread *worker = &workers->threads[workers->count];

    worker->workers = workers;
    worker->link.reader = job_reader_new(&options->reader, err);
    if (!worker->link.reader)
        return (int)err->disposition;
    workers->count++;
    if (pthread_create(&worker->thread, NULL, run, worker))
        return err_set(err, RETRY, "NO_THREAD", "the system gives no thread for the API");
    worker->started = true;
    return DONE;
}

int workers_start(const struct server_options *options, struct workers **out, struct err *err)
{
    struct workers *workers = calloc(1, sizeof *workers);
    int rc = DONE;

    if (!workers)
        return err_no_memory(err);
    work_list_init(&workers->list);
    workers->api = options->api;
    workers->answered = options->answered;
    workers->self = options->self;
    workers->threads = calloc(options->readers, sizeof *workers->threads);
    if (!workers->threads)
        rc = err_no_memory(err);
    while (!rc && workers->count < options->readers)
        rc = start_one(workers, options, err);
    if (rc)
        workers_free(workers);
    else
        *out = workers;
    return rc;
}

bool workers_take_on(struct workers *workers, struct served *served)
{
    return work_list_add(&workers->list, &served->item);
}

bool workers_are_ready(const struct workers *workers)
{
    for (size_t i = 0; i < workers->count; i++)
        if (workers->threads[i].link.is_ready)
            return true;
    return false;
}

void workers_finish(struct workers *workers)
{
    if (!workers)
        return;
    workers->leaving = true;
    work_list_close(&workers->list);
    for (size_t i = 0; i < workers->count; i++)
        if (workers->threads[i].started) {
            pthread_join(workers->threads[i].thread, NULL);
            workers->threads[i].started = false;
        }
}

void workers_free(struct workers *workers)
{
    if (!workers)
        return;
    workers_finish(workers);
    for (size_t i = 0; i < workers->count; i++)
        job_reader_free(workers->threads[i].link.reader);
    free(workers->threads);
    work_list_destroy(&workers->list);
    free(workers);
}
