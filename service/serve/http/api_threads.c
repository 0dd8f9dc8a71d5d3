// SPDX-License-Identifier: Apache-2.0
#include "serve/http/api_threads.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "serve/http/open_request.h"
#include "serve/process/postgres_state.h"

enum {
    QUEUED_MAX_US = 5 * 1000 * 1000, // a request that waited longer is refused
    WAIT_STEP_US = 100 * 1000,       // how often a position that is waited for is looked at
    CONNECT_STEP_US = 1000 * 1000,
    HELD_FROM_BYTES = 16 * 1024, // smaller ones do not count
    ASIDE_NS = 50 * 1000 * 1000,
    VAIN_FACTOR = 4, // an answer that was made in vain costs its maker's time so many times more
    VAIN_MAX_US = 500 * 1000,
};

struct api_thread {
    struct api_threads *all;
    struct reader_link link;
    struct reader_link primary; // of link, where that is a replica's; connected when it is needed
    struct postgres_state postgres_state; // of link, to be told: link.is_ready is what holds
    pthread_t id;
    bool started;
};

struct api_threads {
    const struct api *api;
    void (*answered)(void *self, size_t route, int status, double seconds);
    void *self;
    struct work_list list;
    struct api_thread *each; // owned
    _Atomic size_t count;    // threads look at the others while more are started
    _Atomic size_t resting;  // after vain work
    atomic_bool leaving;
};

// Who asks for what they do not take has it made again and again, at the cost of cores that all
// share. So the thread rests, which is one of those that are theirs at most
// (serve/http/work_list.h); but never more than half of them, for the only one there is would keep
// everybody waiting.
static void rest_after_vain_work(struct api_threads *threads, const struct visit *visit)
{
    int64_t rest_us = VAIN_FACTOR * (clock_monotonic_us() - visit->monotonic_us);

    if (rest_us > VAIN_MAX_US)
        rest_us = VAIN_MAX_US;
    if (atomic_fetch_add(&threads->resting, 1) < threads->count / 2)
        nanosleep(&(struct timespec){.tv_nsec = rest_us * 1000}, NULL);
    atomic_fetch_sub(&threads->resting, 1);
}

// What nobody takes stays in memory: a large answer is made only for whoever took those before.
static void hold_answer(struct api_threads *threads, struct open_request *open)
{
    const struct api *api = threads->api;
    struct visit *visit = &open->visit;
    const struct viewer *viewer = &visit->viewer;
    size_t bytes = visit->response.body.size;
    enum share_answer answer;

    if (bytes < HELD_FROM_BYTES)
        return;
    buffer_trim(&visit->response.body); // up to half of it was room to grow
    if (!api->answers || !viewer->member.size)
        return;
    answer = share_take(api->answers, viewer->organization_id, viewer->member, bytes);
    if (answer == SHARE_TAKEN) {
        open->held_bytes = bytes;
        return;
    }
    if (api->share_refused)
        api->share_refused(api->observer, SHARED_ANSWERS, answer, viewer->organization_id);
    response_clear(&visit->response);
    if (answer == SHARE_OF_MEMBER || answer == SHARE_OF_ORGANIZATION)
        rest_after_vain_work(threads, visit);
    api_refuse(api, visit, PROBLEM_UNAVAILABLE,
               answer == SHARE_NO_MEMORY ? NULL
                                         : "Too much that was asked before is not taken yet.");
}

static void answered(struct api_threads *threads, struct open_request *open)
{
    const struct visit *visit = &open->visit;
    double seconds = (double)(clock_monotonic_us() - open->began_us) / (double)US_PER_SECOND;

    if (threads->answered)
        threads->answered(threads->self, visit->route, visit->response.status, seconds);
    open->is_answered = true;
    work_list_done(&threads->list, &open->item);
    MHD_resume_connection(open->mhd); // from here on it is the listener's
}

// True: it waits for its member's turn, and is no longer ours. False: it is refused.
static bool queue(struct api_threads *threads, struct open_request *open)
{
    static const char *const details[] = {
        [SHARE_OF_MEMBER] = "You have as many requests open as one may have; wait for an answer.",
        [SHARE_OF_ORGANIZATION] = "Your organisation has as many requests open as one may have.",
        [SHARE_OF_ALL] = "There are as many requests open as there may be.",
        [SHARE_NO_MEMORY] = NULL,
    };
    const struct api *api = threads->api;
    const struct slice organization_id = open->visit.viewer.organization_id;
    enum share_answer answer =
        work_list_queue(&threads->list, &open->item, organization_id, open->visit.viewer.member);

    if (answer == SHARE_TAKEN)
        return true;
    if (api->share_refused)
        api->share_refused(api->observer, SHARED_REQUESTS, answer, organization_id);
    api_refuse(api, &open->visit,
               answer == SHARE_OF_MEMBER || answer == SHARE_OF_ORGANIZATION
                   ? PROBLEM_TOO_MANY_REQUESTS
                   : PROBLEM_UNAVAILABLE,
               details[answer]);
    return false;
}

// API_ANSWERED: the answer is there. Else it is not, and the request is no longer ours.
static enum api_outcome ask(struct api_thread *thread, struct open_request *open)
{
    struct api_threads *threads = thread->all;
    struct visit *visit = &open->visit;

    switch (api_answer(threads->api, &thread->link, visit, buffer_slice(&open->target))) {
    case API_ANSWERED:
        break;
    case API_QUEUES:
        if (queue(threads, open))
            return API_QUEUES;
        break;
    case API_WAITS:
        if (!threads->leaving) {
            work_list_add_later(&threads->list, &open->item, visit->monotonic_us + WAIT_STEP_US);
            return API_WAITS;
        }
        api_refuse(threads->api, visit, PROBLEM_UNAVAILABLE, "We are being stopped.");
        break;
    }
    return API_ANSWERED;
}

static void work_on(struct api_thread *thread, struct open_request *open)
{
    struct api_threads *threads = thread->all;
    struct visit *visit = &open->visit;
    bool waits = visit->wait_until_us;

    visit->now_us = clock_now_us();
    visit->monotonic_us = clock_monotonic_us();
    if (!waits && visit->monotonic_us - open->began_us > QUEUED_MAX_US) {
        api_refuse(threads->api, visit, PROBLEM_UNAVAILABLE, "Too much was asked before.");
    } else if (ask(thread, open) != API_ANSWERED) {
        return;
    }
    hold_answer(threads, open);
    answered(threads, open);
}

static bool reach(struct api_thread *thread, int64_t now_us)
{
    struct err err;

    if (reader_link_connect(&thread->link, now_us, &err)) {
        postgres_state_missing(&thread->postgres_state, &err);
        return false;
    }
    postgres_state_connected(&thread->postgres_state);
    return true;
}

static void *run(void *self)
{
    struct api_thread *thread = self;
    bool closed = false;

    while (!closed) {
        int64_t now_us = clock_monotonic_us();
        struct work_item *item;

        // Connects without waiting for a request, since a load balancer sends none before /readyz
        // says that the API is ready. A thread that cannot connect leaves the requests to the
        // others as long as any of them can.
        if (!reach(thread, now_us) && !thread->all->leaving && api_threads_are_ready(thread->all)) {
            nanosleep(&(struct timespec){.tv_nsec = ASIDE_NS}, NULL);
            continue;
        }
        item = work_list_take(&thread->all->list, now_us + CONNECT_STEP_US, &closed);
        if (item)
            work_on(thread, (struct open_request *)item);
    }
    return NULL;
}

static int start_one(struct api_threads *threads, const struct api_listener_options *options,
                     struct err *err)
{
    struct api_thread *thread = &threads->each[threads->count];

    thread->all = threads;
    threads->count++;
    thread->link.reader = job_reader_new(&options->reader, err);
    if (!thread->link.reader)
        return (int)err->disposition;
    if (options->primary) {
        thread->link.primary = &thread->primary;
        thread->primary.reader = job_reader_new(options->primary, err);
        if (!thread->primary.reader)
            return (int)err->disposition;
    }
    if (pthread_create(&thread->id, NULL, run, thread))
        return err_set(err, RETRY, "NO_THREAD", "the system gives no thread for the API");
    thread->started = true;
    return DONE;
}

int api_threads_start(const struct api_listener_options *options, struct api_threads **out,
                      struct err *err)
{
    struct api_threads *threads = calloc(1, sizeof *threads);
    struct work_limits limits;
    int rc = DONE;

    if (!threads)
        return err_no_memory(err);
    limits = work_limits_of(options->readers, options->connections);
    work_list_init(&threads->list, &limits);
    threads->api = options->api;
    threads->answered = options->answered;
    threads->self = options->self;
    threads->each = calloc(options->readers, sizeof *threads->each);
    if (!threads->each)
        rc = err_no_memory(err);
    while (!rc && threads->count < options->readers)
        rc = start_one(threads, options, err);
    if (rc)
        api_threads_free(threads);
    else
        *out = threads;
    return rc;
}

bool api_threads_take_on(struct api_threads *threads, struct open_request *open)
{
    struct slice organization_id, claim;

    open_request_claims(open, &organization_id, &claim);
    return work_list_add(&threads->list, &open->item, organization_id, claim);
}

bool api_threads_are_ready(const struct api_threads *threads)
{
    for (size_t i = 0; i < threads->count; i++)
        if (threads->each[i].link.is_ready)
            return true;
    return false;
}

// They all have the same trouble, as a rule.
bool api_threads_tell(const struct api_threads *threads, const char *who, struct buffer *reasons)
{
    if (api_threads_are_ready(threads))
        return true;
    if (postgres_state_is_ready(&threads->each[0].postgres_state, who, reasons))
        buffer_append_format(reasons, "%s: the connection to PostgreSQL was lost\n", who);
    return false;
}

void api_threads_finish(struct api_threads *threads)
{
    if (!threads)
        return;
    threads->leaving = true;
    work_list_close(&threads->list);
    for (size_t i = 0; i < threads->count; i++)
        if (threads->each[i].started) {
            pthread_join(threads->each[i].id, NULL);
            threads->each[i].started = false;
        }
}

void api_threads_free(struct api_threads *threads)
{
    if (!threads)
        return;
    api_threads_finish(threads);
    for (size_t i = 0; i < threads->count; i++) {
        job_reader_free(threads->each[i].link.reader);
        job_reader_free(threads->each[i].primary.reader);
    }
    free(threads->each);
    work_list_destroy(&threads->list);
    free(threads);
}
