// SPDX-License-Identifier: Apache-2.0
// bench_reading: reads a topic by our consumer, with the settings of jobtrail serve, frees each
// record and does nothing else: what librdkafka leaves to whoever decodes, folds and writes.
// Prints the processor's seconds of the whole process. How long it took says nothing: librdkafka
// 2.0.2 rests for up to a second whenever its queue was full, of which only serve wakes it.
//
//   bench_reading TOPIC GROUP RECORDS
#include <stdio.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/log.h"
#include "bench/feed.h"
#include "kafka/consumer.h"

enum { POLL_MS = 10, AT_ONCE = 4096, SILENT_MAX_US = 30 * 1000 * 1000 };

struct reading {
    struct consumer *consumer;
    size_t records;
    int64_t last_at_us; // 0: none yet
};

static void start_all(void *self, const struct source *sources, size_t count)
{
    struct reading *reading = self;
    struct err err;

    for (size_t i = 0; i < count; i++)
        if (consumer_start(reading->consumer, &sources[i], 0, &err))
            feed_fail("a partition does not start", &err);
}

static void on_revoked(void *self, const struct source *sources, size_t count, bool lost)
{
    (void)self, (void)sources, (void)count, (void)lost;
}

static void on_end(void *self, const struct source *source, int64_t next_offset)
{
    (void)self, (void)source, (void)next_offset;
}

static void on_failed(void *self, const struct source *source, const struct err *err)
{
    (void)self, (void)source;
    feed_fail("a partition cannot be read", err);
}

static void read_some(struct reading *reading)
{
    struct kafka_message *messages[AT_ONCE];
    size_t count = 0;
    struct err err;

    if (consumer_poll(reading->consumer, POLL_MS, messages, AT_ONCE, &count, &err) == FATAL)
        feed_fail("the topic cannot be read", &err);
    for (size_t i = 0; i < count; i++)
        kafka_message_free(messages[i]);
    if (!count)
        return;
    reading->records += count;
    reading->last_at_us = clock_monotonic_us();
}

static void read_all(struct reading *reading, size_t records)
{
    const int64_t began_us = clock_monotonic_us();
    struct err err;

    while (reading->records < records) {
        int64_t heard_us = reading->last_at_us ? reading->last_at_us : began_us;

        read_some(reading);
        if (clock_monotonic_us() - heard_us < SILENT_MAX_US)
            continue;
        err_set(&err, RETRY, "SILENT", "%zu of %zu records came, and no more", reading->records,
                records);
        feed_fail("reading", &err);
    }
}

static double seconds(const struct timeval *time)
{
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    struct reading reading = {0};
    const struct consumer_events events = {&reading, start_all, on_revoked,
                                           on_end,   on_failed, NULL};
    struct kafka_property servers = {"bootstrap.servers", NULL};
    const char *topics[] = {NULL, NULL};
    struct rusage spent;
    struct err err;
    size_t records;

    if (argc != 4) {
        fputs("bench: bench_reading TOPIC GROUP RECORDS\n", stderr);
        return 2;
    }
    log_setup(LOG_LOGFMT, LOG_WARN, "bench");
    topics[0] = argv[1];
    records = feed_number("RECORDS", argv[3]);
    servers.value = feed_environment("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS");
    if (consumer_new(&(struct consumer_options){&servers, 1, topics, argv[2]}, &events,
                     &reading.consumer, &err))
        feed_fail("the consumer", &err);
    read_all(&reading, records);
    getrusage(RUSAGE_SELF, &spent);
    printf("%.2f\n", seconds(&spent.ru_utime) + seconds(&spent.ru_stime));
    consumer_free(reading.consumer);
    return 0;
}
