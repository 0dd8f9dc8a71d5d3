// SPDX-License-Identifier: Apache-2.0
#include "client/topic_listener.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/wake.h"

enum { AT_ONCE = 256, HEADERS_MAX = 32, US_PER_MS = 1000 };

struct topic_listener {
    struct topic_listener_port port;
    const struct log_target *log;
    struct topic_tail *tail; // of the thread, once that runs
    int wake_fd;             // something has arrived, or it is over
    atomic_bool is_over;
    pthread_t thread;
    struct err told; // the trouble that the port knows of; without a disposition: none
    bool is_well;    // that there is none
};

static void tell_trouble(struct topic_listener *listener, const struct err *err)
{
    if (listener->told.disposition && !strcmp(listener->told.reason, err->reason))
        return;
    listener->told = *err;
    listener->is_well = false;
    listener->port.trouble(listener->port.self, err);
}

// Also the first time that all is well.
static void tell_end_of_trouble(struct topic_listener *listener)
{
    if (listener->is_well)
        return;
    listener->is_well = true;
    listener->told = (struct err){0};
    listener->port.trouble(listener->port.self, NULL);
}

// Until something comes, or that moment.
static void sleep_until(struct topic_listener *listener, int64_t until_us)
{
    struct pollfd woken = {.fd = listener->wake_fd, .events = POLLIN};
    const int64_t left_us = until_us - clock_monotonic_us();

    if (left_us > 0)
        poll(&woken, 1, (int)((left_us + US_PER_MS - 1) / US_PER_MS));
}

// Nothing but its end ends the rest early: what arrives meanwhile wakes, and has to wait.
static void rest(struct topic_listener *listener, int64_t until_us)
{
    while (!atomic_load(&listener->is_over) && clock_monotonic_us() < until_us) {
        wake_clear(listener->wake_fd);
        if (!atomic_load(&listener->is_over))
            sleep_until(listener, until_us);
    }
}

static void hand_over(struct topic_listener *listener, const struct kafka_message *message)
{
    struct record_header headers[HEADERS_MAX];
    struct wire_record record = {.headers = headers};
    struct kafka_record found;
    struct backoff backoff = {0};
    struct err err;

    kafka_message_record(message, &found);
    record.value = found.value;
    kafka_message_headers(message, headers, HEADERS_MAX, &record.header_count);
    if (record.header_count > HEADERS_MAX)
        record.header_count = HEADERS_MAX;
    while (!atomic_load(&listener->is_over) &&
           listener->port.take(listener->port.self, &record, &err) == RETRY) {
        tell_trouble(listener, &err);
        backoff_fail(&backoff, clock_monotonic_us());
        rest(listener, backoff.until_us);
    }
}

static bool read_some(struct topic_listener *listener)
{
    struct kafka_message *messages[AT_ONCE];
    size_t count;
    struct err err;
    int rc = topic_tail_read(listener->tail, messages, AT_ONCE, &count, &err);

    for (size_t i = 0; i < count; i++) {
        hand_over(listener, messages[i]);
        kafka_message_free(messages[i]);
    }
    if (rc)
        tell_trouble(listener, &err);
    else if (topic_tail_is_complete(listener->tail))
        tell_end_of_trouble(listener);
    return count > 0;
}

static void *run(void *self)
{
    struct topic_listener *listener = self;

    log_divert(listener->log);
    while (!atomic_load(&listener->is_over)) {
        wake_clear(listener->wake_fd);
        if (!read_some(listener) && !atomic_load(&listener->is_over))
            sleep_until(listener, topic_tail_due_us(listener->tail));
    }
    topic_tail_free(listener->tail);
    return NULL;
}

static int start_thread(struct topic_listener *listener, struct err *err)
{
    sigset_t all, before;
    int failure;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failure = pthread_create(&listener->thread, NULL, run, listener);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure
               ? err_set(err, RETRY, "NO_THREAD", "the system gives no thread (error %d)", failure)
               : DONE;
}

static void free_listener(struct topic_listener *listener)
{
    if (listener->wake_fd >= 0)
        close(listener->wake_fd);
    free(listener);
}

int topic_listener_open(const struct topic_tail_options *options,
                        const struct topic_listener_port *port, const struct log_target *log,
                        struct topic_listener **out, struct err *err)
{
    struct topic_listener *listener = calloc(1, sizeof *listener);
    struct topic_tail_options ours = *options;
    int rc;

    if (!listener)
        return err_no_memory(err);
    listener->port = *port;
    listener->log = log;
    listener->wake_fd = ours.wake_fd = wake_open();
    log_divert(log);
    rc = listener->wake_fd < 0
             ? err_set(err, RETRY, "NO_DESCRIPTOR", "the system gives no descriptor")
             : topic_tail_new(&ours, &listener->tail, err);
    log_divert(NULL);
    if (!rc) {
        rc = start_thread(listener, err);
        if (rc)
            topic_tail_free(listener->tail);
    }
    if (rc)
        free_listener(listener);
    else
        *out = listener;
    return rc;
}

void topic_listener_close(struct topic_listener *listener)
{
    if (!listener)
        return;
    atomic_store(&listener->is_over, true);
    wake_up(listener->wake_fd);
    pthread_join(listener->thread, NULL);
    free_listener(listener);
}
