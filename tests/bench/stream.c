// SPDX-License-Identifier: Apache-2.0
// bench_stream: fills a topic with the made stream as fast as it can, and prints as JSON what it
// sent and what the read model must hold once all of it is projected.
//
//   bench_stream --topic NAME [--events N] [--open JOBS] [--seed N] [--spread PARTITIONS]
//
// --spread sends each event to a partition drawn at random: then a job's events are everywhere
// and come in any order. Without it the key (job_id) decides.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "bench/feed.h"
#include "bench/made_stream.h"
#include "property/dice.h"

struct request {
    const char *topic;
    size_t spread; // partitions; 0: by key
    struct made_stream_options made;
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
        {"topic", required_argument, NULL, 't'},  {"events", required_argument, NULL, 'e'},
        {"open", required_argument, NULL, 'o'},   {"seed", required_argument, NULL, 's'},
        {"spread", required_argument, NULL, 'p'}, {0},
    };
    struct request request = {.made = {.seed = 1, .events = 1000000, .open_jobs = 5000}};
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
        default:
            exit(2);
        }
    }
    if (!request.topic || optind != argc) {
        fputs("usage: bench_stream --topic NAME [--events N] [--open JOBS] [--seed N]"
              " [--spread PARTITIONS]\n",
              stderr);
        exit(2);
    }
    return request;
}

static struct sent send_all(const struct request *request, struct made_stream *stream)
{
    static const struct kafka_property fast[] = {
        {"linger.ms", "50"},
        {"batch.size", "1000000"},
        {"queue.buffering.max.messages", "200000"},
    };
    struct dice dice = dice_from(request->made.seed);
    struct sent sent = {0};
    struct event event;
    struct feed feed;
    struct err err;

    feed_open(&feed, request->topic, fast, sizeof(fast) / sizeof(*fast), on_report, NULL);
    while (made_stream_next(stream, &event)) {
        int32_t partition =
            request->spread ? (int32_t)dice_below(&dice, request->spread) : FEED_BY_KEY;

        sent.bytes += feed_send(&feed, &event, partition, NULL);
        if (++sent.events % 10000 == 0 && producer_poll(feed.producer, 0, &err) == FATAL)
            feed_fail("sending", &err);
    }
    feed_close(&feed);
    return sent;
}

int main(int argc, char **argv)
{
    struct request request = read_request(argc, argv);
    struct made_stream *stream = made_stream_new(&request.made);
    const struct made_totals *totals;
    int64_t began_us = clock_monotonic_us();
    struct sent sent;

    if (!stream) {
        fputs("bench: no memory\n", stderr);
        return 1;
    }
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
