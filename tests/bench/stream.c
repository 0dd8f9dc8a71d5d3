// SPDX-License-Identifier: Apache-2.0
// bench_stream: fills a topic with the made stream as fast as it can, and prints as JSON what it
// sent and what the read model must hold once all of it is projected.
//
//   bench_stream --topic NAME [--events N] [--open JOBS] [--seed N] [--spread PARTITIONS]
//                [--shuffle EVENTS]
//
// --spread sends each event to a partition drawn at random: then a job's events are everywhere,
// and no reader sees them in order. Without it the key (job_id) decides. --shuffle sends one of the
// next so many events, drawn at random, each time: then they are in no order in a partition either.
// It holds them in three quarters of a KiB each.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "bench/feed.h"
#include "bench/made_stream.h"
#include "property/dice.h"

enum { HELD_TEXT_BYTES = 512 };

struct request {
    const char *topic;
    size_t spread;  // partitions; 0: by key
    size_t shuffle; // events to draw from; 1: as they come
    struct made_stream_options made;
};

struct held {
    struct event event; // its texts that the stream reuses are in texts
    char texts[HELD_TEXT_BYTES];
};

// The next events of a stream, in no order.
struct window {
    struct made_stream *stream;
    struct dice dice;
    size_t count, wanted;
    struct held *held[];
};

struct sent {
    size_t events, bytes;
};

static void on_report(void *self, void *tag, int32_t partition, int64_t offset,
                      const struct err *err)
{
    (void)self, (void)tag, (void)partition, (void)offset;
    if (err)
        feed_fail("an event was refused", err);
}

static struct request read_request(int argc, char **argv)
{
    static const struct option options[] = {
        {"topic", required_argument, NULL, 't'},
        {"events", required_argument, NULL, 'e'},
        {"open", required_argument, NULL, 'o'},
        {"seed", required_argument, NULL, 's'},
        {"spread", required_argument, NULL, 'p'},
        {"shuffle", required_argument, NULL, 'w'},
        {0},
    };
    struct request request = {.shuffle = 1,
                              .made = {.seed = 1, .events = 1000000, .open_jobs = 5000}};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 't':
            request.topic = optarg;
            break;
        case 'e':
            request.made.events = feed_number("--events", optarg);
            break;
        case 'o':
            request.made.open_jobs = feed_number("--open", optarg);
            break;
        case 's':
            request.made.seed = feed_number("--seed", optarg);
            break;
        case 'p':
            request.spread = feed_number("--spread", optarg);
            break;
        case 'w':
            request.shuffle = feed_number("--shuffle", optarg);
            break;
        default:
            exit(2);
        }
    }
    if (!request.topic || optind != argc) {
        fputs("usage: bench_stream --topic NAME [--events N] [--open JOBS] [--seed N]"
              " [--spread PARTITIONS] [--shuffle EVENTS]\n",
              stderr);
        exit(2);
    }
    return request;
}

static _Noreturn void fail_memory(void)
{
    fputs("bench: no memory\n", stderr);
    exit(1);
}

static void hold(struct held *held, const struct event *event)
{
    struct slice *const reused[] = {&held->event.organization_id, &held->event.job_id,
                                    &held->event.creator_id, &held->event.message};
    char *at = held->texts;

    held->event = *event;
    for (size_t i = 0; i < sizeof reused / sizeof *reused; i++) {
        if (slice_is_null(*reused[i]))
            continue;
        if (reused[i]->size > (size_t)(held->texts + HELD_TEXT_BYTES - at)) {
            fprintf(stderr, "bench: an event has more than %d bytes of texts\n", HELD_TEXT_BYTES);
            exit(1);
        }
        memcpy(at, reused[i]->data, reused[i]->size);
        reused[i]->data = at;
        at += reused[i]->size;
    }
}

static struct window *window_new(struct made_stream *stream, const struct request *request)
{
    struct window *window = calloc(1, sizeof *window + request->shuffle * sizeof *window->held);

    if (!window)
        fail_memory();
    window->stream = stream;
    window->dice = dice_from(~request->made.seed);
    window->wanted = request->shuffle;
    return window;
}

static void window_free(struct window *window)
{
    for (size_t i = 0; i < window->wanted; i++)
        free(window->held[i]);
    free(window);
}

// An event that is good until the next call; NULL at the end.
static const struct event *window_next(struct window *window)
{
    struct event event;
    struct held *drawn;
    size_t place;

    while (window->count < window->wanted && made_stream_next(window->stream, &event)) {
        struct held **free_place = &window->held[window->count++];

        if (!*free_place && !(*free_place = malloc(sizeof **free_place)))
            fail_memory();
        hold(*free_place, &event);
    }
    if (!window->count)
        return NULL;
    place = dice_below(&window->dice, window->count--);
    drawn = window->held[place];
    window->held[place] = window->held[window->count];
    window->held[window->count] = drawn;
    return &drawn->event;
}

static struct sent send_all(const struct request *request, struct made_stream *stream)
{
    static const struct kafka_property fast[] = {
        {"linger.ms", "50"},
        {"batch.size", "1000000"},
        {"queue.buffering.max.messages", "200000"},
    };
    struct dice dice = dice_from(request->made.seed);
    struct window *window = window_new(stream, request);
    const struct event *event;
    struct sent sent = {0};
    struct feed feed;
    struct err err;

    feed_open(&feed, request->topic, fast, sizeof(fast) / sizeof(*fast), on_report, NULL);
    while ((event = window_next(window))) {
        int32_t partition =
            request->spread ? (int32_t)dice_below(&dice, request->spread) : FEED_BY_KEY;

        sent.bytes += feed_send(&feed, event, partition, NULL);
        if (++sent.events % 10000 == 0 && producer_poll(feed.producer, 0, &err) == FATAL)
            feed_fail("sending", &err);
    }
    feed_close(&feed);
    window_free(window);
    return sent;
}

int main(int argc, char **argv)
{
    struct request request = read_request(argc, argv);
    struct made_stream *stream = made_stream_new(&request.made);
    const struct made_totals *totals;
    int64_t began_us = clock_monotonic_us();
    struct sent sent;

    if (!stream)
        fail_memory();
    sent = send_all(&request, stream);
    totals = made_stream_totals(stream);
    printf("{\"events\": %zu, \"value_bytes\": %zu, \"seconds\": %.3f, \"jobs\": %zu,"
           " \"statuses\": {\"accepted\": %zu, \"running\": %zu, \"successful\": %zu,"
           " \"failed\": %zu, \"dismissed\": %zu}}\n",
           sent.events, sent.bytes, (double)(clock_monotonic_us() - began_us) / US_PER_SECOND,
           totals->jobs, totals->accepted, totals->running, totals->successful, totals->failed,
           totals->dismissed);
    made_stream_free(stream);
    return 0;
}
