// SPDX-License-Identifier: Apache-2.0
// bench_cancel: asks for jobs to be cancelled and prints as JSON how long it takes from the
// broker's acknowledgement of a request until its command is read from the topic of commands by
// another client (this program).
//
//   bench_cancel --create N --topic EVENTS                         creates N jobs, and ends
//   bench_cancel --ask N --rate A_SECOND --topic REQUESTS --commands COMMANDS
//
// Every job is its creator's to cancel, and asked for once. Threads: this one sends; one notes
// acknowledgements; one reads commands. They share struct mark.
#include <getopt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/random.h"
#include "bench/feed.h"
#include "bench/timing.h"
#include "bench/topic_reader.h"
#include "wire/cancel_messages.h"

enum { PATIENCE_US = 60 * 1000000, ID_SIZE = 32, WARM_UP = 500 };

#define ORGANIZATION SLICE_LITERAL("cancel")
#define MEMBER       SLICE_LITERAL("ada")

struct mark {
    _Atomic int64_t acknowledged_us, seen_us; // monotonic; 0: not yet
};

struct run {
    struct feed feed;
    struct topic_reader commands;
    size_t count;
    struct mark *marks;
    _Atomic size_t seen;
    atomic_bool done;
};

static struct uuid new_uuid(void)
{
    unsigned char bytes[UUID_BYTES];

    random_bytes(bytes, sizeof bytes);
    return uuid_from_random(bytes);
}

static void create(struct feed *feed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char id[ID_SIZE];
        struct event event = {
            .kind = JOB_CREATED,
            .id = new_uuid(),
            .attempt = 1,
            .occurred_at_us = clock_now_us(),
            .organization_id = ORGANIZATION,
            .type = SLICE_LITERAL("Load"),
            .creator_id = MEMBER,
            .cancellable = true,
        };

        snprintf(id, sizeof id, "cancel-%zu", i);
        event.job_id = slice_of(id);
        feed_send(feed, &event, FEED_BY_KEY, NULL);
    }
}

static void on_report(void *self, void *tag, int32_t partition, int64_t offset,
                      const struct err *err)
{
    struct mark *mark = tag;

    (void)self, (void)partition, (void)offset;
    if (err)
        feed_fail("a record was refused", err);
    if (mark)
        atomic_store(&mark->acknowledged_us, clock_monotonic_us());
}

static void *note_acknowledgements(void *argument)
{
    struct run *run = argument;
    struct err err;

    while (!atomic_load(&run->done))
        if (producer_poll(run->feed.producer, 100, &err) == FATAL)
            feed_fail("sending", &err);
    return NULL;
}

static void note_command(struct run *run, const struct kafka_message *message, int64_t now_us)
{
    struct kafka_record record;
    char id[ID_SIZE] = "";
    size_t number;

    kafka_message_record(message, &record);
    if (record.key.size < ID_SIZE)
        memcpy(id, record.key.data, record.key.size);
    if (sscanf(id, "cancel-%zu", &number) != 1 || number >= run->count ||
        atomic_load(&run->marks[number].seen_us))
        return;
    atomic_store(&run->marks[number].seen_us, now_us);
    atomic_fetch_add(&run->seen, 1);
}

static void *read_commands(void *argument)
{
    struct run *run = argument;
    struct kafka_message *messages[TOPIC_READER_AT_ONCE];

    while (!atomic_load(&run->done)) {
        size_t count = topic_reader_poll(&run->commands, 100, messages);
        int64_t now_us = clock_monotonic_us();

        for (size_t i = 0; i < count; i++) {
            note_command(run, messages[i], now_us);
            kafka_message_free(messages[i]);
        }
    }
    return NULL;
}

static void ask(struct run *run, size_t number)
{
    char id[ID_SIZE];
    struct cancel_message message = {
        .kind = CANCEL_REQUESTED,
        .requested = {.request_id = new_uuid(),
                      .organization_id = ORGANIZATION,
                      .requester_id = MEMBER,
                      .requested_at_us = clock_now_us(),
                      .reason = SLICE_NULL},
    };
    struct producer_record record = {
        .topic = run->feed.topic, .partition = -1, .tag = &run->marks[number]};
    struct err err;

    snprintf(id, sizeof id, "cancel-%zu", number);
    message.requested.job_id = record.key = slice_of(id);
    buffer_clear(&run->feed.value);
    if (encode_cancel_message(&message, FRAMING_SINGLE_OBJECT, NULL, &run->feed.value, &err))
        feed_fail("encoding", &err);
    record.value = buffer_slice(&run->feed.value);
    if (producer_send(run->feed.producer, &record, &err))
        feed_fail("sending", &err);
}

static void ask_all(struct run *run, size_t rate)
{
    int64_t began_us = clock_monotonic_us(), until_us;

    for (size_t i = 0; i < run->count; i++) {
        timing_sleep_until(began_us + (int64_t)(i * US_PER_SECOND / rate));
        ask(run, i);
    }
    until_us = clock_monotonic_us() + PATIENCE_US;
    while (atomic_load(&run->seen) < run->count) {
        if (clock_monotonic_us() > until_us) {
            fprintf(stderr, "bench: %zu of %zu commands came\n", atomic_load(&run->seen),
                    run->count);
            exit(1);
        }
        timing_sleep_until(clock_monotonic_us() + 1000);
    }
}

static void print(const struct run *run, size_t rate)
{
    size_t count = run->count - WARM_UP;
    int64_t *after_us = calloc(count, sizeof *after_us);

    if (!after_us)
        exit(1);
    for (size_t i = 0; i < count; i++) {
        const struct mark *mark = &run->marks[i + WARM_UP];
        int64_t us = atomic_load(&mark->seen_us) - atomic_load(&mark->acknowledged_us);

        after_us[i] = us < 0 ? 0 : us;
    }
    timing_sort(after_us, count);
    printf("{\"requests\": %zu, \"rate\": %zu, \"p50_ms\": %.2f, \"p90_ms\": %.2f, \"p99_ms\": "
           "%.2f, \"max_ms\": %.2f}\n",
           count, rate, timing_percentile_ms(after_us, count, 50),
           timing_percentile_ms(after_us, count, 90), timing_percentile_ms(after_us, count, 99),
           timing_percentile_ms(after_us, count, 100));
    free(after_us);
}

static void measure(struct run *run, const char *commands, size_t rate)
{
    pthread_t acknowledgements, reader;

    run->marks = calloc(run->count, sizeof *run->marks);
    if (!run->marks)
        exit(1);
    topic_reader_open(&run->commands, commands);
    if (pthread_create(&acknowledgements, NULL, note_acknowledgements, run) ||
        pthread_create(&reader, NULL, read_commands, run))
        exit(1);
    ask_all(run, rate);
    atomic_store(&run->done, true);
    pthread_join(acknowledgements, NULL);
    pthread_join(reader, NULL);
    topic_reader_close(&run->commands);
    print(run, rate);
    free(run->marks);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"create", required_argument, NULL, 'c'},   {"ask", required_argument, NULL, 'a'},
        {"rate", required_argument, NULL, 'r'},     {"topic", required_argument, NULL, 't'},
        {"commands", required_argument, NULL, 'o'}, {0},
    };
    static const struct kafka_property at_once = {"linger.ms", "0"};
    const char *topic = NULL, *commands = NULL;
    size_t created = 0, rate = 500;
    struct run run = {0};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'c')
            created = feed_number("--create", optarg);
        else if (option == 'a')
            run.count = feed_number("--ask", optarg);
        else if (option == 'r')
            rate = feed_number("--rate", optarg);
        else if (option == 't')
            topic = optarg;
        else if (option == 'o')
            commands = optarg;
        else
            return 2;
    }
    if (!topic || !created == !run.count || (run.count && (!commands || run.count <= WARM_UP))) {
        fputs("usage: see the head of tests/bench/cancel.c\n", stderr);
        return 2;
    }
    feed_open(&run.feed, topic, &at_once, 1, on_report, &run);
    if (created)
        create(&run.feed, created);
    else
        measure(&run, commands, rate);
    feed_close(&run.feed);
    return 0;
}
