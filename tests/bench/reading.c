// SPDX-License-Identifier: Apache-2.0
// bench_reading: reads a topic by our consumer, with the settings of jobtrail serve, frees each
// record and does nothing else: what librdkafka leaves to whoever decodes, folds and writes.
// Prints the processor's seconds of the whole process. How long it took says nothing: librdkafka
// 2.0.2 rests for up to a second whenever its queue was full, of which only serve wakes it.
//
//   bench_reading TOPIC RECORDS
#include <stdio.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/log.h"
#include "bench/feed.h"
#include "bench/topic_reader.h"

enum { POLL_MS = 10, SILENT_MAX_US = 30 * 1000 * 1000 };

struct reading {
    struct topic_reader topic;
    size_t records;
    int64_t last_at_us; // when some came, or it began
};

static void read_some(struct reading *reading)
{
    struct kafka_message *messages[TOPIC_READER_AT_ONCE];
    const size_t count = topic_reader_poll(&reading->topic, POLL_MS, messages);

    for (size_t i = 0; i < count; i++)
        kafka_message_free(messages[i]);
    if (!count)
        return;
    reading->records += count;
    reading->last_at_us = clock_monotonic_us();
}

static void read_all(struct reading *reading, size_t records)
{
    struct err err;

    reading->last_at_us = clock_monotonic_us();
    while (reading->records < records) {
        read_some(reading);
        if (clock_monotonic_us() - reading->last_at_us < SILENT_MAX_US)
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
    struct rusage spent;
    size_t records;

    if (argc != 3) {
        fputs("bench: bench_reading TOPIC RECORDS\n", stderr);
        return 2;
    }
    log_setup(LOG_LOGFMT, LOG_WARN, "bench");
    records = feed_number("RECORDS", argv[2]);
    topic_reader_open(&reading.topic, argv[1]);
    read_all(&reading, records);
    getrusage(RUSAGE_SELF, &spent);
    printf("%.2f\n", seconds(&spent.ru_utime) + seconds(&spent.ru_stime));
    topic_reader_close(&reading.topic);
    return 0;
}
