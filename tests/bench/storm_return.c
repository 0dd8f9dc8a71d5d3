// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE // memmem
#include "bench/storm_return.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench/http_call.h"
#include "bench/storm_kinds.h"
#include "bench/timing.h"

enum {
    TOKEN_SIZE = 2048,
    EVENTS_MAX = 256,
    WAIT_MS = 20,
    OPENED_AT_ONCE = 50,
    BEGIN_PATIENCE_US = 60 * 1000000,
    MISSED_LEAST_US = 1000000, // what a clock and a round may be apart
    MISSED_MOST_US = 40 * 1000000,
    TAIL = 16, // of the bytes before, in which a text may have begun
};

struct reader {
    struct http_call call; // first, so that its address is the reader's
    char token[TOKEN_SIZE];
    int64_t told_us; // when it had all that it missed (monotonic); 0: not yet
    bool is_reset;
    size_t tail_size;
    char tail[TAIL];
};

struct storm_return {
    struct storm_return_options options;
    struct reader *readers;
    int epoll;
    pthread_t thread;
    atomic_bool stops;
    int64_t began_us;
    size_t lost, bytes; // lost: refused, or ended by the other side
};

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench: readers who come back: %s\n", what);
    exit(1);
}

static bool holds(const char *bytes, size_t size, const char *text)
{
    return memmem(bytes, size, text, strlen(text)) != NULL;
}

// Whoever catches up is told how fresh that is, or to read the list again.
static void look_at(void *self, struct http_call *call, const char *bytes, size_t size)
{
    struct reader *reader = (struct reader *)call;
    struct storm_return *back = self;
    char joint[2 * TAIL];
    size_t begun = size < TAIL ? size : TAIL;

    back->bytes += size;
    if (reader->told_us)
        return;
    memcpy(joint, reader->tail, reader->tail_size);
    memcpy(joint + reader->tail_size, bytes, begun);
    reader->is_reset = holds(bytes, size, "event: reset") ||
                       holds(joint, reader->tail_size + begun, "event: reset");
    if (reader->is_reset || holds(bytes, size, "event: fresh") ||
        holds(joint, reader->tail_size + begun, "event: fresh"))
        reader->told_us = clock_monotonic_us();
    reader->tail_size = begun;
    memcpy(reader->tail, bytes + size - begun, begun);
}

static void ask(struct storm_return *back, size_t number)
{
    struct reader *reader = &back->readers[number];
    int64_t missed_us =
        MISSED_LEAST_US +
        (int64_t)((MISSED_MOST_US - MISSED_LEAST_US) / back->options.readers) * (int64_t)number;
    char resume[64] = "";

    if (back->began_us)
        snprintf(resume, sizeof resume, "Last-Event-ID: %lld\r\n",
                 (long long)(clock_now_us() - missed_us));
    reader->told_us = 0;
    reader->tail_size = 0;
    http_call_open(&reader->call, back->epoll, back->options.port, 0);
    http_call_ask(&reader->call,
                  "GET /organizations/" STORM_ORGANIZATION "/stream HTTP/1.1\r\n"
                  "Host: localhost\r\nAuthorization: Bearer %s\r\n"
                  "Accept: text/event-stream\r\n%s\r\n",
                  reader->token, resume);
}

static void read_all(struct storm_return *back)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(back->epoll, events, EVENTS_MAX, WAIT_MS);

    if (count < 0 && errno != EINTR)
        fail("epoll_wait failed");
    for (int i = 0; i < count; i++) {
        struct http_call *call = events[i].data.ptr;
        bool was_open = call->state != CALL_CLOSED;

        http_call_turn(call, look_at, back);
        if (call->status && call->status != 200)
            http_call_close(call);
        back->lost += was_open && call->state == CALL_CLOSED;
    }
}

static size_t begun(const struct storm_return *back)
{
    size_t count = 0;

    for (size_t i = 0; i < back->options.readers; i++)
        count += back->readers[i].call.state == CALL_TAKES;
    return count;
}

static void read_tokens(struct storm_return *back)
{
    FILE *file = fopen(back->options.tokens, "re");

    if (!file)
        fail("the file of tokens cannot be opened");
    for (size_t i = 0; i < back->options.readers; i++) {
        char *token = back->readers[i].token;

        if (!fgets(token, TOKEN_SIZE, file))
            fail("there are fewer tokens than readers");
        token[strcspn(token, "\n")] = '\0';
    }
    fclose(file);
}

struct storm_return *storm_return_open(const struct storm_return_options *options)
{
    int64_t until_us = clock_monotonic_us() + BEGIN_PATIENCE_US;
    struct storm_return *back = calloc(1, sizeof *back);

    if (!back)
        fail("no memory");
    back->options = *options;
    back->epoll = epoll_create1(EPOLL_CLOEXEC);
    back->readers = calloc(options->readers, sizeof *back->readers);
    if (!back->readers || back->epoll < 0)
        fail("no memory");
    read_tokens(back);
    for (size_t opened = 0; opened < options->readers;) {
        ask(back, opened++);
        while (begun(back) < opened &&
               (opened % OPENED_AT_ONCE == 0 || opened == options->readers)) {
            read_all(back);
            if (back->lost || clock_monotonic_us() > until_us)
                fail("not every stream began");
        }
    }
    return back;
}

static void *run(void *self)
{
    struct storm_return *back = self;

    back->began_us = clock_monotonic_us();
    back->bytes = 0;
    for (size_t i = 0; i < back->options.readers; i++)
        http_call_close(&back->readers[i].call);
    for (size_t i = 0; i < back->options.readers; i++)
        ask(back, i);
    while (!atomic_load(&back->stops))
        read_all(back);
    for (size_t i = 0; i < back->options.readers; i++)
        http_call_close(&back->readers[i].call);
    return NULL;
}

void storm_return_begin(struct storm_return *back)
{
    if (pthread_create(&back->thread, NULL, run, back))
        fail("no thread");
}

void storm_return_stop(struct storm_return *back)
{
    atomic_store(&back->stops, true);
    pthread_join(back->thread, NULL);
}

void storm_return_print(const struct storm_return *back, FILE *out)
{
    int64_t *after_us = calloc(back->options.readers, sizeof *after_us);
    size_t told = 0, resets = 0;

    if (!after_us)
        fail("no memory");
    for (size_t i = 0; i < back->options.readers; i++) {
        const struct reader *reader = &back->readers[i];

        if (reader->told_us)
            after_us[told++] = reader->told_us - back->began_us;
        resets += reader->told_us && reader->is_reset;
    }
    timing_sort(after_us, told);
    fprintf(out,
            "\"readers\": %zu, \"told\": %zu, \"told_reset\": %zu, \"lost\": %zu, \"mib\": %.1f,"
            " \"told_p50_ms\": %.1f, \"told_max_ms\": %.1f",
            back->options.readers, told, resets, back->lost, (double)back->bytes / (1 << 20),
            told ? timing_percentile_ms(after_us, told, 50) : 0,
            told ? timing_percentile_ms(after_us, told, 100) : 0);
    free(after_us);
}

void storm_return_free(struct storm_return *back)
{
    close(back->epoll);
    free(back->readers);
    free(back);
}
