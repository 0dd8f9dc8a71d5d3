// SPDX-License-Identifier: Apache-2.0
// bench_live: many readers of the live stream, each of whom sees five jobs of its own, and events
// of all these jobs at a steady rate. Prints as JSON how long it takes from the broker's
// acknowledgement of an event until its job's creator has a message that is at least as new, and
// what the idle readers cost the service in memory.
//
//   bench_live --create --topic NAME --clients N             creates 5 N jobs, and ends
//   bench_live --topic NAME --clients N --port P --tokens FILE --pid SERVICE [--rate A_SECOND]
//              [--seconds N] [--idle SECONDS]
//
// FILE has the tokens of m0, m1, ... of the organisation live, one a line. An event's number is its
// job's message. An event that no message follows, or a message that goes to whom it should not,
// ends the program with a line that says so. Threads: one sends; one notes acknowledgements; this
// one reads all streams. They share struct mark and the flags.
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/random.h"
#include "bench/feed.h"
#include "bench/stream_client.h"
#include "bench/timing.h"

enum {
    JOBS_A_CLIENT = 5,
    OPENED_AT_ONCE = 50, // fewer than wait to be accepted
    EVENTS_MAX = 512,
    WAIT_MS = 50,
    WARM_UP_SECONDS = 5, // sent first and not counted
    PATIENCE_US = 30 * 1000000,
    BEGIN_PATIENCE_US = 60 * 1000000,
    TEXT_SIZE = 32,
    OTHER_FILES = 100, // open besides the streams
};

#define ORGANIZATION "live"

struct mark {
    _Atomic int64_t acknowledged_us; // monotonic; 0: not yet
    int64_t seen_us;
};

struct settings {
    const char *topic, *tokens;
    size_t clients, rate, seconds, idle, port, pid;
    bool creates;
};

struct run {
    struct settings settings;
    struct feed feed;
    int epoll;
    struct stream_client *clients;
    size_t jobs, begun;
    // Events are of job 0, 1, ... and from the beginning again.
    size_t count, warm_up;
    struct mark *marks;
    size_t *unseen; // of each job: its first event that no message has followed yet
    size_t seen, counted_messages, messages, resets;
    int64_t moved_us; // when an event was seen last
    _Atomic size_t sent;
    atomic_bool done;
};

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (!memory)
        fail("no memory");
    return memory;
}

// Resident memory of the service.
static double resident_mib(const struct run *run)
{
    char path[64], line[256];
    long kib = -1;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%zu/status", run->settings.pid);
    file = fopen(path, "re");
    while (file && kib < 0 && fgets(line, sizeof line, file))
        sscanf(line, "VmRSS: %ld", &kib);
    if (file)
        fclose(file);
    if (kib < 0)
        fail("the service's memory cannot be read");
    return (double)kib / 1024;
}

static void send_event(struct run *run, size_t job, struct event *event, void *tag)
{
    char id[TEXT_SIZE], creator[TEXT_SIZE];
    unsigned char bytes[UUID_BYTES];

    snprintf(id, sizeof id, "live-%zu", job);
    snprintf(creator, sizeof creator, "m%zu", job % run->settings.clients);
    random_bytes(bytes, sizeof bytes);
    event->id = uuid_from_random(bytes);
    event->attempt = 1;
    event->occurred_at_us = clock_now_us();
    event->organization_id = SLICE_LITERAL(ORGANIZATION);
    event->job_id = slice_of(id);
    if (event->kind == JOB_CREATED)
        event->creator_id = slice_of(creator);
    feed_send(&run->feed, event, FEED_BY_KEY, tag);
}

static void create_jobs(struct run *run)
{
    for (size_t job = 0; job < run->jobs; job++) {
        struct event event = {.kind = JOB_CREATED, .type = SLICE_LITERAL("Load")};

        send_event(run, job, &event, NULL);
    }
}

static void on_report(void *self, void *tag, int32_t partition, int64_t offset,
                      const struct err *err)
{
    struct mark *mark = tag;

    (void)self, (void)partition, (void)offset;
    if (err)
        feed_fail("an event was refused", err);
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

static void *send_all(void *argument)
{
    struct run *run = argument;
    int64_t began_us = clock_monotonic_us();

    for (size_t i = 0; i < run->count; i++) {
        char message[TEXT_SIZE];
        struct event event = {.kind = JOB_PROGRESSED, .progress = 50};

        timing_sleep_until(began_us + (int64_t)(i * US_PER_SECOND / run->settings.rate));
        snprintf(message, sizeof message, "%zu", i);
        event.message = slice_of(message);
        send_event(run, i % run->jobs, &event, &run->marks[i]);
        atomic_store(&run->sent, i + 1);
    }
    return NULL;
}

// A text of a job's JSON that has nothing to be escaped in it.
static bool number_in(const char *json, const char *before, size_t *out)
{
    const char *at = strstr(json, before);

    return at && sscanf(at + strlen(before), "%zu", out) == 1;
}

static void note_job(struct run *run, const struct stream_client *client, const char *json)
{
    size_t job, newest;
    int64_t now_us = clock_monotonic_us();

    if (!number_in(json, "\"jobID\":\"live-", &job) || job >= run->jobs)
        fail("a message is about a job that nobody created");
    if (job % run->settings.clients != (size_t)(client - run->clients))
        fail("a message about a job went to another manager than its creator");
    run->messages++;
    if (!number_in(json, "\"message\":\"", &newest))
        return; // as it was created
    if (newest >= run->count || newest % run->jobs != job)
        fail("a message is another job's");
    if (newest >= run->warm_up)
        run->counted_messages++;
    for (; run->unseen[job] <= newest; run->unseen[job] += run->jobs) {
        run->marks[run->unseen[job]].seen_us = now_us;
        run->moved_us = now_us;
        run->seen++;
    }
}

static void on_message(void *self, struct stream_client *client, const char *event,
                       const char *data)
{
    struct run *run = self;

    if (!strcmp(event, "job")) {
        note_job(run, client, data);
    } else if (!strcmp(event, "reset")) {
        run->resets++;
    } else if (!strcmp(event, "end")) {
        fprintf(stderr, "bench: a stream ended: %s\n", data);
        exit(1);
    }
}

static void read_streams(struct run *run, int wait_ms)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(run->epoll, events, EVENTS_MAX, wait_ms);

    if (count < 0 && errno != EINTR)
        fail("epoll_wait failed");
    for (int i = 0; i < count; i++) {
        struct stream_client *client = events[i].data.ptr;
        bool had_begun = client->begun;

        stream_client_read(client, on_message, run);
        run->begun += client->begun && !had_begun;
    }
}

static void open_stream(struct run *run, size_t number, FILE *tokens)
{
    struct stream_client *client = &run->clients[number];
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    char token[2048];

    if (!fgets(token, sizeof token, tokens))
        fail("there are fewer tokens than clients");
    token[strcspn(token, "\n")] = '\0';
    stream_client_open(client, (uint16_t)run->settings.port, ORGANIZATION, token);
    if (epoll_ctl(run->epoll, EPOLL_CTL_ADD, client->fd, &event))
        fail("epoll_ctl failed");
}

static void open_streams(struct run *run)
{
    FILE *tokens = fopen(run->settings.tokens, "re");
    int64_t until_us = clock_monotonic_us() + BEGIN_PATIENCE_US;

    if (!tokens)
        fail("the file of tokens cannot be opened");
    run->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (size_t opened = 0; opened < run->settings.clients;) {
        open_stream(run, opened++, tokens);
        while (run->begun < opened &&
               (opened % OPENED_AT_ONCE == 0 || opened == run->settings.clients)) {
            if (clock_monotonic_us() > until_us)
                fail("not every stream began within a minute");
            read_streams(run, WAIT_MS);
        }
    }
    fclose(tokens);
}

static void read_until_all_is_seen(struct run *run)
{
    run->moved_us = clock_monotonic_us();
    while (run->seen < run->count) {
        size_t sent = atomic_load(&run->sent);

        read_streams(run, WAIT_MS);
        if (run->seen >= sent)
            run->moved_us = clock_monotonic_us();
        else if (clock_monotonic_us() - run->moved_us > PATIENCE_US) {
            fprintf(stderr, "bench: %zu of %zu events were never told (%zu resets)\n",
                    sent - run->seen, sent, run->resets);
            exit(1);
        }
    }
}

// A message can come before word of the acknowledgement reaches us: that is 0.
static void print(const struct run *run, double before_mib, double idle_mib, double busy_mib)
{
    size_t count = run->count - run->warm_up;
    int64_t *after_us = allocate(count, sizeof *after_us);

    for (size_t i = 0; i < count; i++) {
        const struct mark *mark = &run->marks[i + run->warm_up];
        int64_t us = mark->seen_us - atomic_load(&mark->acknowledged_us);

        after_us[i] = us < 0 ? 0 : us;
    }
    timing_sort(after_us, count);
    printf("{\"clients\": %zu, \"events\": %zu, \"rate\": %zu, \"p50_ms\": %.1f, \"p90_ms\": %.1f,"
           " \"p99_ms\": %.1f, \"max_ms\": %.1f, \"messages_per_s\": %.0f, \"never\": 0,"
           " \"resets\": %zu, \"rss_without_mib\": %.1f, \"rss_idle_mib\": %.1f,"
           " \"rss_busy_mib\": %.1f}\n",
           run->settings.clients, count, run->settings.rate,
           timing_percentile_ms(after_us, count, 50), timing_percentile_ms(after_us, count, 90),
           timing_percentile_ms(after_us, count, 99), timing_percentile_ms(after_us, count, 100),
           (double)run->counted_messages / (double)run->settings.seconds, run->resets, before_mib,
           idle_mib, busy_mib);
    free(after_us);
}

static void measure(struct run *run)
{
    double before_mib = resident_mib(run), idle_mib;
    pthread_t acknowledgements, sender;
    int64_t idle_until_us;

    open_streams(run);
    idle_until_us = clock_monotonic_us() + (int64_t)run->settings.idle * US_PER_SECOND;
    while (clock_monotonic_us() < idle_until_us)
        read_streams(run, WAIT_MS);
    idle_mib = resident_mib(run);
    if (pthread_create(&acknowledgements, NULL, note_acknowledgements, run) ||
        pthread_create(&sender, NULL, send_all, run))
        fail("no thread");
    read_until_all_is_seen(run);
    pthread_join(sender, NULL);
    atomic_store(&run->done, true);
    pthread_join(acknowledgements, NULL);
    print(run, before_mib, idle_mib, resident_mib(run));
}

static void prepare(struct run *run)
{
    struct rlimit files;

    run->warm_up = run->settings.rate * WARM_UP_SECONDS;
    run->count = run->warm_up + run->settings.rate * run->settings.seconds;
    run->clients = allocate(run->settings.clients, sizeof *run->clients);
    run->marks = allocate(run->count, sizeof *run->marks);
    run->unseen = allocate(run->jobs, sizeof *run->unseen);
    for (size_t job = 0; job < run->jobs; job++)
        run->unseen[job] = job;
    if (getrlimit(RLIMIT_NOFILE, &files))
        fail("getrlimit failed");
    files.rlim_cur = files.rlim_max;
    if (files.rlim_max < run->settings.clients + OTHER_FILES || setrlimit(RLIMIT_NOFILE, &files))
        fail("too few files may be open (ulimit -Hn) for so many clients");
}

static struct settings read_settings(int argc, char **argv)
{
    static const struct option options[] = {
        {"topic", required_argument, NULL, 't'},   {"tokens", required_argument, NULL, 'k'},
        {"clients", required_argument, NULL, 'c'}, {"rate", required_argument, NULL, 'r'},
        {"seconds", required_argument, NULL, 's'}, {"idle", required_argument, NULL, 'i'},
        {"port", required_argument, NULL, 'p'},    {"pid", required_argument, NULL, 'P'},
        {"create", no_argument, NULL, 'C'},        {0},
    };
    struct settings settings = {.clients = 1000, .rate = 5000, .seconds = 20, .idle = 20};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 't')
            settings.topic = optarg;
        else if (option == 'k')
            settings.tokens = optarg;
        else if (option == 'C')
            settings.creates = true;
        else if (option == '?')
            exit(2);
        else
            *(option == 'c'   ? &settings.clients
              : option == 'r' ? &settings.rate
              : option == 's' ? &settings.seconds
              : option == 'i' ? &settings.idle
              : option == 'p' ? &settings.port
                              : &settings.pid) = feed_number("a number", optarg);
    }
    if (!settings.topic ||
        (!settings.creates && (!settings.tokens || !settings.pid || !settings.port))) {
        fputs("usage: see the head of tests/bench/live.c\n", stderr);
        exit(2);
    }
    return settings;
}

int main(int argc, char **argv)
{
    struct run run = {.settings = read_settings(argc, argv)};

    run.jobs = run.settings.clients * JOBS_A_CLIENT;
    feed_open(&run.feed, run.settings.topic, NULL, 0, on_report, &run);
    if (run.settings.creates) {
        create_jobs(&run);
    } else {
        prepare(&run);
        measure(&run);
    }
    feed_close(&run.feed);
    for (size_t i = 0; run.clients && i < run.settings.clients; i++)
        stream_client_close(&run.clients[i]);
    free(run.clients);
    free(run.marks);
    free(run.unseen);
    return 0;
}
