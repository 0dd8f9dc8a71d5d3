// SPDX-License-Identifier: Apache-2.0
// bench_writes: keeps a projector busy while something else is measured, and prints as JSON what it
// sent. Until SIGTERM it sends events at a steady rate: half of them change the open jobs that are
// in the database already, half are those of the made stream's jobs, in the same organisations.
//
//   bench_writes --topic NAME [--rate A_SECOND] [--organizations N]
//
// One thread.
#include <getopt.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/random.h"
#include "bench/feed.h"
#include "bench/made_stream.h"
#include "bench/timing.h"
#include "property/dice.h"

enum {
    STREAM_EVENTS = 1000000000, // more than anybody waits for
    STREAM_OPEN_JOBS = 5000,
    TICK_US = 5000,
    LARGE_ONE_IN = 10, // made jobs of the large organisation
    MEMBERS = 200,
    TEXT_SIZE = 32,
};

struct request {
    const char *topic;
    size_t rate, organizations;
};

struct writes {
    struct request request;
    struct feed feed;
    struct made_stream *stream;
    PGresult *open; // job_id, organization_id
    size_t next_open, sent;
    struct dice dice;
};

static volatile sig_atomic_t ended;

static void on_signal(int number)
{
    (void)number;
    ended = 1;
}

static void on_report(void *self, void *tag, int32_t partition, int64_t offset,
                      const struct err *err)
{
    (void)self, (void)tag, (void)partition, (void)offset;
    if (err)
        feed_fail("an event was refused", err);
}

static void read_open_jobs(struct writes *writes)
{
    PGconn *connection = PQconnectdb(feed_environment("JOBTRAIL_POSTGRES_CONNINFO"));

    // Not bench_live's, which wants its own events alone for them.
    writes->open = PQexec(connection, "SELECT job_id, organization_id FROM jobtrail_p1.job"
                                      " WHERE finished_at IS NULL AND organization_id <> 'live'"
                                      " ORDER BY job_id LIMIT 50000");
    if (PQresultStatus(writes->open) != PGRES_TUPLES_OK || !PQntuples(writes->open)) {
        fprintf(stderr, "bench: no open jobs: %s\n", PQerrorMessage(connection));
        exit(1);
    }
    PQfinish(connection);
}

// In an order that is not that of the ids.
static void send_to_open_job(struct writes *writes)
{
    int row = (int)(writes->next_open++ * 7919 % (size_t)PQntuples(writes->open));
    struct event event = {
        .kind = JOB_PROGRESSED,
        .attempt = 1,
        .occurred_at_us = clock_now_us(),
        .job_id = slice_of(PQgetvalue(writes->open, row, 0)),
        .organization_id = slice_of(PQgetvalue(writes->open, row, 1)),
        .progress = (int32_t)dice_below(&writes->dice, 100),
    };
    char message[TEXT_SIZE];
    unsigned char bytes[UUID_BYTES];

    random_bytes(bytes, sizeof bytes);
    event.id = uuid_from_random(bytes);
    snprintf(message, sizeof message, "writing %zu", writes->sent);
    event.message = slice_of(message);
    feed_send(&writes->feed, &event, FEED_BY_KEY, NULL);
}

static uint64_t hash_of(struct slice text)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < text.size; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * UINT64_C(1099511628211);
    return hash >> 8;
}

// Its job's organisation and creator are those of the made lists, drawn from its id.
static void send_of_stream(struct writes *writes)
{
    char organization[TEXT_SIZE], creator[TEXT_SIZE];
    struct event event;
    uint64_t hash;

    if (!made_stream_next(writes->stream, &event)) {
        fputs("bench: the made stream ended\n", stderr);
        exit(1);
    }
    hash = hash_of(event.job_id);
    if (hash % LARGE_ONE_IN)
        snprintf(organization, sizeof organization, "org-%zu",
                 (size_t)(hash / LARGE_ONE_IN) % writes->request.organizations);
    snprintf(creator, sizeof creator, "member-%zu", (size_t)(hash / 7) % MEMBERS);
    event.organization_id = hash % LARGE_ONE_IN ? slice_of(organization) : SLICE_LITERAL("large");
    if (event.kind == JOB_CREATED)
        event.creator_id = slice_of(creator);
    event.occurred_at_us = clock_now_us();
    feed_send(&writes->feed, &event, FEED_BY_KEY, NULL);
}

static void send_until_ended(struct writes *writes)
{
    int64_t began_us = clock_monotonic_us(), tick_us = began_us;
    struct err err;

    while (!ended) {
        size_t due =
            (size_t)(clock_monotonic_us() - began_us) * writes->request.rate / US_PER_SECOND;

        for (; writes->sent < due && !ended; writes->sent++)
            if (writes->sent % 2)
                send_to_open_job(writes);
            else
                send_of_stream(writes);
        if (producer_poll(writes->feed.producer, 0, &err) == FATAL)
            feed_fail("sending", &err);
        tick_us += TICK_US;
        timing_sleep_until(tick_us);
    }
    printf("{\"events\": %zu, \"seconds\": %.3f}\n", writes->sent,
           (double)(clock_monotonic_us() - began_us) / US_PER_SECOND);
}

static struct request read_request(int argc, char **argv)
{
    static const struct option options[] = {
        {"topic", required_argument, NULL, 't'},
        {"rate", required_argument, NULL, 'r'},
        {"organizations", required_argument, NULL, 'o'},
        {0},
    };
    struct request request = {.rate = 20000, .organizations = 99};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 't')
            request.topic = optarg;
        else if (option == 'r')
            request.rate = feed_number("--rate", optarg);
        else if (option == 'o')
            request.organizations = feed_number("--organizations", optarg);
        else
            exit(2);
    }
    if (!request.topic || optind != argc) {
        fputs("usage: bench_writes --topic NAME [--rate A_SECOND] [--organizations N]\n", stderr);
        exit(2);
    }
    return request;
}

int main(int argc, char **argv)
{
    static const struct kafka_property fast[] = {
        {"linger.ms", "20"},
        {"queue.buffering.max.messages", "200000"},
    };
    struct writes writes = {.request = read_request(argc, argv), .dice = dice_from(1)};

    sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_signal}, NULL);
    sigaction(SIGINT, &(struct sigaction){.sa_handler = on_signal}, NULL);
    read_open_jobs(&writes);
    writes.stream = made_stream_new(&(struct made_stream_options){
        .seed = random_u64(), .events = STREAM_EVENTS, .open_jobs = STREAM_OPEN_JOBS});
    if (!writes.stream) {
        fputs("bench: no memory\n", stderr);
        return 1;
    }
    feed_open(&writes.feed, writes.request.topic, fast, sizeof fast / sizeof *fast, on_report,
              NULL);
    send_until_ended(&writes);
    feed_close(&writes.feed);
    made_stream_free(writes.stream);
    PQclear(writes.open);
    return 0;
}
