// SPDX-License-Identifier: Apache-2.0
#include "bench/storm_calm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"
#include "bench/feed.h"
#include "bench/http_call.h"
#include "bench/storm_kinds.h"
#include "bench/stream_client.h"
#include "bench/timing.h"

enum {
    TOKEN_SIZE = 2048,
    LISTS_AT_ONCE = 2048,
    EVENTS_MAX = 64,
    PATIENCE_US = 30 * 1000000, // with what was asked or sent in time
    WARM_UP_MS = 30 * 1000,
    TEXT_SIZE = 32,
    MESSAGE_MAX = 4096,
};

struct list {
    struct http_call call; // first, so that its address is the list's
    int64_t due_us;        // 0: nothing is asked
    bool is_new;           // the connection is closed afterwards
};

// Of a run: what is due at `rate` a second since it began.
struct pace {
    int64_t began_us;
    size_t rate, done, most;
};

struct calm {
    struct calm_options options;
    struct feed feed;
    char tokens[CALM_MEMBERS][TOKEN_SIZE];
    int epoll, stream_epoll; // the latter is in the former
    struct stream_client streams[CALM_MEMBERS];
    struct list *lists;
    size_t resets, first_number, changed; // first_number: of the first event of this run
    // Of this run.
    struct pace list_pace, news_pace, change_pace;
    int64_t *list_us, *sent_us, *seen_us; // seen_us: 0: not yet; CALM_MEMBERS for each event
    size_t lists_answered, lists_refused, news_seen;
};

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench: the calm organisation: %s\n", what);
    exit(1);
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);

    if (!memory)
        fail("no memory");
    return memory;
}

static void on_report(void *self, void *tag, int32_t partition, int64_t offset,
                      const struct err *err)
{
    (void)self, (void)tag, (void)partition, (void)offset;
    if (err)
        feed_fail("an event was refused", err);
}

static void send_event(struct feed *feed, const char *organization, const char *name, size_t job,
                       struct event *event)
{
    unsigned char bytes[UUID_BYTES];
    char id[TEXT_SIZE];

    snprintf(id, sizeof id, "%s-%zu", name, job);
    random_bytes(bytes, sizeof bytes);
    event->id = uuid_from_random(bytes);
    event->attempt = 1;
    event->occurred_at_us = clock_now_us();
    event->organization_id = slice_of(organization);
    event->job_id = slice_of(id);
    feed_send(feed, event, FEED_BY_KEY, NULL);
}

static void send_change(struct feed *feed, const struct calm_changes *changes, size_t job,
                        size_t number)
{
    struct event event = {.kind = JOB_PROGRESSED, .progress = (int32_t)(number % 100)};
    char message[MESSAGE_MAX];
    int begun = snprintf(message, sizeof message, "%zu ", number);

    memset(message + begun, 'm', sizeof message - (size_t)begun);
    event.message = (struct slice){message, changes->message_size};
    send_event(feed, STORM_ORGANIZATION, changes->name, job, &event);
}

void calm_create(const struct calm_options *options)
{
    const struct calm_changes *changes = &options->changes;
    struct feed feed;

    feed_open(&feed, options->topic, NULL, 0, on_report, NULL);
    for (size_t job = 0; job < CALM_JOBS; job++)
        send_event(&feed, CALM_ORGANIZATION, "calm", job,
                   &(struct event){.kind = JOB_CREATED,
                                   .type = SLICE_LITERAL("Load"),
                                   .creator_id = SLICE_LITERAL("calm")});
    for (size_t job = 0; job < changes->count; job++) {
        send_event(&feed, STORM_ORGANIZATION, changes->name, job,
                   &(struct event){.kind = JOB_CREATED,
                                   .type = slice_of(changes->type),
                                   .creator_id = SLICE_LITERAL("crowd")});
        send_change(&feed, changes, job, 0);
    }
    feed_close(&feed);
}

// ---- streams

static bool number_in(const char *json, const char *before, size_t *out)
{
    const char *at = strstr(json, before);

    return at && sscanf(at + strlen(before), "%zu", out) == 1;
}

// An event's number is its job's message; a message tells of all events of its job up to it.
static void note_news(struct calm *calm, size_t stream, const char *json)
{
    size_t job, newest;
    int64_t now_us = clock_monotonic_us();

    if (!number_in(json, "\"jobID\":\"calm-", &job) ||
        !number_in(json, "\"message\":\"", &newest) || newest < calm->first_number)
        return;
    newest -= calm->first_number;
    if (newest >= calm->news_pace.done || newest % CALM_JOBS != job)
        fail("a message is of another event than was sent");
    for (size_t i = newest;; i -= CALM_JOBS) {
        int64_t *seen_us = &calm->seen_us[i * CALM_MEMBERS + stream];

        if (*seen_us)
            break;
        *seen_us = now_us;
        calm->news_seen++;
        if (i < CALM_JOBS)
            break;
    }
}

static void on_message(void *self, struct stream_client *client, const char *event,
                       const char *data)
{
    struct calm *calm = self;

    if (!strcmp(event, "job"))
        note_news(calm, (size_t)(client - calm->streams), data);
    else if (!strcmp(event, "reset"))
        calm->resets++;
    else if (!strcmp(event, "end"))
        fail(data);
}

static void read_streams(struct calm *calm)
{
    struct epoll_event events[CALM_MEMBERS];
    int count = epoll_wait(calm->stream_epoll, events, CALM_MEMBERS, 0);

    for (int i = 0; i < count; i++)
        stream_client_read(events[i].data.ptr, on_message, calm);
}

static void open_streams(struct calm *calm)
{
    struct epoll_event event = {.events = EPOLLIN};
    size_t begun = 0;

    for (size_t i = 0; i < CALM_MEMBERS; i++) {
        event.data.ptr = &calm->streams[i];
        stream_client_open(&calm->streams[i], calm->options.port, CALM_ORGANIZATION,
                           calm->tokens[i]);
        if (epoll_ctl(calm->stream_epoll, EPOLL_CTL_ADD, calm->streams[i].fd, &event))
            fail("epoll_ctl failed");
    }
    event.data.ptr = NULL;
    if (epoll_ctl(calm->epoll, EPOLL_CTL_ADD, calm->stream_epoll, &event))
        fail("epoll_ctl failed");
    while (begun < CALM_MEMBERS) {
        begun = 0;
        read_streams(calm);
        for (size_t i = 0; i < CALM_MEMBERS; i++)
            begun += calm->streams[i].begun;
        timing_sleep_until(clock_monotonic_us() + 1000);
    }
}

// ---- lists

static struct list *find_free(struct calm *calm, bool is_new)
{
    for (size_t i = 0; i < LISTS_AT_ONCE; i++) {
        struct list *list = &calm->lists[i];

        if (list->call.state == CALL_CLOSED || (!is_new && list->call.state == CALL_IDLE))
            return list;
    }
    fail("too many lists are not answered");
}

static void settle(struct calm *calm, struct list *list)
{
    struct http_call *call = &list->call;

    if (!list->due_us || (call->state != CALL_IDLE && call->state != CALL_CLOSED))
        return;
    if (call->status == 200 && !call->body_left)
        calm->list_us[calm->lists_answered++] = clock_monotonic_us() - list->due_us;
    else
        calm->lists_refused++;
    list->due_us = 0;
    if (list->is_new)
        http_call_close(call);
}

static void ask_list(struct calm *calm, size_t number, int64_t due_us)
{
    bool is_new = number % 2;
    struct list *list = find_free(calm, is_new);

    if (list->call.state == CALL_CLOSED)
        http_call_open(&list->call, calm->epoll, calm->options.port, 0);
    list->is_new = is_new;
    list->due_us = due_us;
    http_call_ask(&list->call,
                  "GET /organizations/" CALM_ORGANIZATION "/jobs?limit=50 HTTP/1.1\r\n"
                  "Host: localhost\r\nAuthorization: Bearer %s\r\n\r\n",
                  calm->tokens[number / 2 % CALM_MEMBERS]);
    settle(calm, list);
}

// ---- a run

static int64_t due_us(const struct pace *pace)
{
    return pace->began_us + (int64_t)(pace->done * US_PER_SECOND / pace->rate);
}

static bool is_due(const struct pace *pace, int64_t now_us)
{
    return pace->done < pace->most && due_us(pace) <= now_us;
}

static void do_what_is_due(struct calm *calm, int64_t now_us)
{
    const struct calm_changes *changes = &calm->options.changes;
    struct err err;

    for (; is_due(&calm->news_pace, now_us); calm->news_pace.done++) {
        struct event event = {.kind = JOB_PROGRESSED, .progress = 50};
        char message[TEXT_SIZE];

        snprintf(message, sizeof message, "%zu", calm->first_number + calm->news_pace.done);
        event.message = slice_of(message);
        calm->sent_us[calm->news_pace.done] = clock_monotonic_us();
        send_event(&calm->feed, CALM_ORGANIZATION, "calm", calm->news_pace.done % CALM_JOBS,
                   &event);
    }
    for (; is_due(&calm->change_pace, now_us); calm->change_pace.done++, calm->changed++)
        send_change(&calm->feed, changes, calm->changed % changes->count, calm->changed);
    for (; is_due(&calm->list_pace, now_us); calm->list_pace.done++)
        ask_list(calm, calm->list_pace.done, due_us(&calm->list_pace));
    if (producer_poll(calm->feed.producer, 0, &err) == FATAL)
        feed_fail("sending", &err);
}

static void take_events(struct calm *calm)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(calm->epoll, events, EVENTS_MAX, 1);

    if (count < 0 && errno != EINTR)
        fail("epoll_wait failed");
    for (int i = 0; i < count; i++) {
        struct list *list = events[i].data.ptr;

        if (!list) {
            read_streams(calm);
            continue;
        }
        http_call_turn(&list->call, NULL, NULL);
        settle(calm, list);
    }
}

static bool is_done(const struct calm *calm)
{
    return calm->news_pace.done == calm->news_pace.most &&
           calm->list_pace.done == calm->list_pace.most &&
           calm->lists_answered + calm->lists_refused == calm->list_pace.most &&
           calm->news_seen == calm->news_pace.most * CALM_MEMBERS;
}

static struct calm_times times_of(int64_t *durations_us, size_t count, size_t most)
{
    struct calm_times times = {.count = most, .missed = most - count};

    if (!count)
        return times;
    timing_sort(durations_us, count);
    times.p50_ms = timing_percentile_ms(durations_us, count, 50);
    times.p99_ms = timing_percentile_ms(durations_us, count, 99);
    times.max_ms = timing_percentile_ms(durations_us, count, 100);
    return times;
}

static struct calm_times times_of_news(struct calm *calm)
{
    size_t most = calm->news_pace.most * CALM_MEMBERS, count = 0;

    for (size_t i = 0; i < most; i++)
        if (calm->seen_us[i])
            calm->seen_us[count++] = calm->seen_us[i] - calm->sent_us[i / CALM_MEMBERS];
    return times_of(calm->seen_us, count, most);
}

static void begin(struct calm *calm, size_t seconds)
{
    int64_t now_us = clock_monotonic_us();
    const struct calm_options *options = &calm->options;

    calm->list_pace = (struct pace){now_us, options->list_rate, 0, options->list_rate * seconds};
    calm->news_pace = (struct pace){now_us, options->news_rate, 0, options->news_rate * seconds};
    calm->change_pace =
        (struct pace){now_us, options->changes.rate, 0, options->changes.rate * seconds};
    calm->list_us = allocate(calm->list_pace.most, sizeof *calm->list_us);
    calm->sent_us = allocate(calm->news_pace.most, sizeof *calm->sent_us);
    calm->seen_us = allocate(calm->news_pace.most * CALM_MEMBERS, sizeof *calm->seen_us);
    calm->lists_answered = calm->lists_refused = calm->news_seen = calm->resets = 0;
}

void calm_run(struct calm *calm, size_t seconds, struct calm_result *result)
{
    int64_t until_us = clock_monotonic_us() + (int64_t)seconds * US_PER_SECOND + PATIENCE_US;

    begin(calm, seconds);
    while (!is_done(calm) && clock_monotonic_us() < until_us) {
        do_what_is_due(calm, clock_monotonic_us());
        take_events(calm);
    }
    *result = (struct calm_result){
        .lists = times_of(calm->list_us, calm->lists_answered, calm->list_pace.most),
        .news = times_of_news(calm),
        .resets = calm->resets};
    calm->first_number += calm->news_pace.done;
    free(calm->list_us);
    free(calm->sent_us);
    free(calm->seen_us);
    for (size_t i = 0; i < LISTS_AT_ONCE; i++)
        calm->lists[i].due_us = 0;
}

static void read_tokens(struct calm *calm)
{
    FILE *file = fopen(calm->options.tokens, "re");

    if (!file)
        fail("the file of tokens cannot be opened");
    for (size_t i = 0; i < CALM_MEMBERS; i++) {
        if (!fgets(calm->tokens[i], TOKEN_SIZE, file))
            fail("there are too few tokens");
        calm->tokens[i][strcspn(calm->tokens[i], "\n")] = '\0';
    }
    fclose(file);
}

// What a producer does before its first event is not measured.
static void warm_up(struct calm *calm)
{
    struct err err;

    send_change(&calm->feed, &calm->options.changes, 0, 0);
    if (producer_flush(calm->feed.producer, WARM_UP_MS, &err))
        feed_fail("the first event was not acknowledged", &err);
}

struct calm *calm_open(const struct calm_options *options)
{
    static const struct kafka_property at_once = {"linger.ms", "0"};
    struct calm *calm = allocate(1, sizeof *calm);

    calm->options = *options;
    calm->first_number = (size_t)clock_now_us() / 1000; // higher than those of any run before
    calm->lists = allocate(LISTS_AT_ONCE, sizeof *calm->lists);
    calm->epoll = epoll_create1(EPOLL_CLOEXEC);
    calm->stream_epoll = epoll_create1(EPOLL_CLOEXEC);
    feed_open(&calm->feed, options->topic, &at_once, 1, on_report, calm);
    read_tokens(calm);
    open_streams(calm);
    warm_up(calm);
    return calm;
}

void calm_close(struct calm *calm)
{
    for (size_t i = 0; i < LISTS_AT_ONCE; i++)
        http_call_close(&calm->lists[i].call);
    for (size_t i = 0; i < CALM_MEMBERS; i++)
        stream_client_close(&calm->streams[i]);
    feed_close(&calm->feed);
    close(calm->epoll);
    close(calm->stream_epoll);
    free(calm->lists);
    free(calm);
}

static void print_times(const char *name, const struct calm_times *times, FILE *out)
{
    fprintf(out,
            "\"%s\": {\"count\": %zu, \"missed\": %zu, \"p50_ms\": %.1f, \"p99_ms\": %.1f,"
            " \"max_ms\": %.1f}",
            name, times->count, times->missed, times->p50_ms, times->p99_ms, times->max_ms);
}

void calm_print(const struct calm_result *result, FILE *out)
{
    print_times("lists", &result->lists, out);
    fputs(", ", out);
    print_times("news", &result->news, out);
    fprintf(out, ", \"resets\": %zu", result->resets);
}
