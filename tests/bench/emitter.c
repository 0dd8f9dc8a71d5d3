// SPDX-License-Identifier: Apache-2.0
// bench_emitter: what libjobtrail's emitter costs who calls it, and what it brings into Kafka, from
// one thread; prints JSON. With --plain the same number of records of about that size by librdkafka
// alone, as its own rdkafka_performance sends them: one value again and again, with the settings
// that the emitter has.
//
//   bench_emitter --topic NAME [--events N] [--spool FILE] [--plain]
#include <getopt.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <jobtrail/jobtrail.h>

#include "bench/feed.h"

enum { JOBS = 1000, WAIT_MS = 60000, NAME_SIZE = 32, VALUE_BYTES = 111, MOST_NS = 100000 };

struct request {
    const char *topic, *spool;
    size_t events;
    bool is_plain;
};

// How often a call took so many nanoseconds; the last counts all that took longer.
struct costs {
    uint32_t calls[MOST_NS + 1];
    size_t count;
};

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static void note(struct costs *costs, uint64_t took_ns)
{
    costs->calls[took_ns < MOST_NS ? took_ns : MOST_NS]++;
    costs->count++;
}

static size_t part(const struct costs *costs, double share)
{
    size_t seen = 0, at = 0;

    while (at < MOST_NS && (double)(seen += costs->calls[at]) < share * (double)costs->count)
        at++;
    return at;
}

static void print(const struct request *request, const struct costs *costs, uint64_t took_ns)
{
    printf("{\"events\": %zu, \"rate\": %.0f, \"p50_ns\": %zu, \"p99_ns\": %zu}\n", request->events,
           (double)request->events * 1e9 / (double)took_ns, part(costs, 0.5), part(costs, 0.99));
}

static void must(int code, const struct jobtrail_error *error)
{
    if (code >= 0)
        return;
    fprintf(stderr, "bench: %s\n", error->text);
    exit(1);
}

static void set(struct jobtrail_settings *settings, const char *name, const char *value)
{
    struct jobtrail_error error;

    must(jobtrail_settings_set(settings, name, value, &error), &error);
}

static struct jobtrail_emitter *open_emitter(const struct request *request)
{
    struct jobtrail_settings *settings = jobtrail_settings_new();
    struct jobtrail_emitter *emitter;
    struct jobtrail_error error;

    set(settings, "organization", "bench");
    set(settings, "kafka.bootstrap.servers", feed_environment("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS"));
    set(settings, "topic.events", request->topic);
    if (request->spool)
        set(settings, "spool.file", request->spool);
    must(jobtrail_emitter_new(settings, NULL, NULL, NULL, &emitter, &error), &error);
    jobtrail_settings_free(settings);
    return emitter;
}

static void emit(const struct request *request, struct costs *costs)
{
    struct jobtrail_emitter *emitter = open_emitter(request);
    struct jobtrail_job *jobs[JOBS];
    struct jobtrail_error error;
    uint64_t began_ns;

    for (size_t i = 0; i < JOBS; i++) {
        char name[NAME_SIZE];

        snprintf(name, sizeof name, "load-%zu", i);
        must(jobtrail_job_open(emitter, name, 1, &jobs[i], &error), &error);
    }
    began_ns = now_ns();
    for (size_t sent = 0; sent < request->events;) {
        uint64_t before_ns = now_ns();
        int code = jobtrail_job_started(jobs[sent % JOBS], NULL, &error);

        note(costs, now_ns() - before_ns);
        if (code == JOBTRAIL_FULL)
            code = jobtrail_emitter_wait(emitter, WAIT_MS, &error);
        else
            sent++;
        must(code, &error);
    }
    must(jobtrail_emitter_flush(emitter, WAIT_MS, &error), &error);
    print(request, costs, now_ns() - began_ns);
    for (size_t i = 0; i < JOBS; i++)
        jobtrail_job_close(jobs[i]);
    must(jobtrail_emitter_close(emitter, WAIT_MS, &error), &error);
}

// ---- librdkafka alone

static size_t failed;

static void on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    (void)rk, (void)opaque;
    failed += message->err != 0;
}

static rd_kafka_t *open_plain(void)
{
    static const char *const settings[][2] = {{"enable.idempotence", "true"},
                                              {"partitioner", "murmur2_random"},
                                              {"linger.ms", "5"},
                                              {"message.timeout.ms", "0"},
                                              {"queue.buffering.max.messages", "200000"}};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char text[256];
    rd_kafka_t *rk;

    rd_kafka_conf_set(conf, "bootstrap.servers",
                      feed_environment("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS"), text, sizeof text);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], text, sizeof text))
            exit(1);
    rd_kafka_conf_set_dr_msg_cb(conf, on_report);
    rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (rk)
        return rk;
    fprintf(stderr, "bench: %s\n", text);
    exit(1);
}

static void send_plain(const struct request *request, struct costs *costs)
{
    rd_kafka_t *rk = open_plain();
    rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, request->topic, NULL);
    char value[VALUE_BYTES] = "", key[NAME_SIZE];
    const uint64_t began_ns = now_ns();

    for (size_t sent = 0; sent < request->events;) {
        const int size = snprintf(key, sizeof key, "load-%zu", sent % JOBS);
        uint64_t before_ns = now_ns();
        int code = rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, value,
                                    sizeof value, key, (size_t)size, NULL);

        note(costs, now_ns() - before_ns);
        if (!code)
            sent++;
        rd_kafka_poll(rk, code ? 10 : 0);
    }
    if (rd_kafka_flush(rk, WAIT_MS) || failed) {
        fputs("bench: not all was acknowledged\n", stderr);
        exit(1);
    }
    print(request, costs, now_ns() - began_ns);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(rk);
}

static struct request read_request(int argc, char **argv)
{
    static const struct option options[] = {
        {"topic", required_argument, NULL, 't'},
        {"events", required_argument, NULL, 'e'},
        {"spool", required_argument, NULL, 's'},
        {"plain", no_argument, NULL, 'p'},
        {0},
    };
    struct request request = {.events = 1000000};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 't')
            request.topic = optarg;
        else if (option == 'e')
            request.events = feed_number("--events", optarg);
        else if (option == 's')
            request.spool = optarg;
        else if (option == 'p')
            request.is_plain = true;
        else
            exit(2);
    }
    if (request.topic && optind == argc)
        return request;
    fputs("usage: bench_emitter --topic NAME [--events N] [--spool FILE] [--plain]\n", stderr);
    exit(2);
}

int main(int argc, char **argv)
{
    static struct costs costs;
    const struct request request = read_request(argc, argv);

    if (request.is_plain)
        send_plain(&request, &costs);
    else
        emit(&request, &costs);
    return 0;
}
