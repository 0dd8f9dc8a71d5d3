// SPDX-License-Identifier: Apache-2.0
#include "bench/storm_crowd.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum {
    TOKEN_SIZE = 2048,
    EVENTS_MAX = 256,
    TICK_MS = 5,
    KEPT_US = 10 * 1000000, // how long an answer is left unread
    SMALL_BUFFER = 4096,
    STATUSES = 600,
};

struct member {
    char token[TOKEN_SIZE];
    const struct storm_kind *kind;
    double allowance; // requests that may be sent by now
    size_t asked;
};

struct attack {
    struct http_call call; // first, so that its address is the attack's
    struct member *member;
    bool is_counted; // the answer to what was asked last
    int64_t until_us;
};

struct storm_crowd {
    struct storm_crowd_options options;
    pthread_t thread;
    atomic_bool stops;
    int epoll;
    struct member *members;
    struct attack *attacks;
    size_t attack_count;
    int64_t began_us, ended_us;
    double cpu_s;
    size_t asked, unanswered, answered[STATUSES];
};

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench: the crowd: %s\n", what);
    exit(1);
}

static void count_answer(struct storm_crowd *crowd, struct attack *attack)
{
    int status = attack->call.status;

    if (attack->is_counted || (!status && attack->call.state != CALL_CLOSED))
        return;
    attack->is_counted = true;
    if (status > 0 && status < STATUSES)
        crowd->answered[status]++;
    else
        crowd->unanswered++;
}

static void turn(struct storm_crowd *crowd, struct attack *attack)
{
    http_call_turn(&attack->call, NULL, NULL);
    count_answer(crowd, attack);
    if (attack->member->kind->closes && attack->call.status == 200)
        http_call_close(&attack->call);
    if (attack->call.state == CALL_KEEPS && !attack->until_us)
        attack->until_us = clock_monotonic_us() + KEPT_US;
}

static void go_on(struct storm_crowd *crowd, struct attack *attack, int64_t now_us)
{
    struct member *member = attack->member;
    struct http_call *call = &attack->call;

    if (call->state == CALL_KEEPS && now_us >= attack->until_us)
        http_call_close(call);
    if ((call->state != CALL_CLOSED && call->state != CALL_IDLE) || member->allowance < 1)
        return;
    if (call->state == CALL_CLOSED)
        http_call_open(call, crowd->epoll, crowd->options.port,
                       member->kind->keeps ? SMALL_BUFFER : 0);
    member->allowance--;
    crowd->asked++;
    attack->is_counted = false;
    attack->until_us = 0;
    call->keeps = member->kind->keeps;
    member->kind->ask(call, member->token, member->asked++);
    turn(crowd, attack);
}

static void allow(struct storm_crowd *crowd, int64_t passed_us)
{
    double more = (double)crowd->options.rate * (double)passed_us / US_PER_SECOND;

    for (size_t i = 0; i < crowd->options.members; i++) {
        struct member *member = &crowd->members[i];

        member->allowance += more;
        if (member->allowance > (double)STORM_CONNECTIONS_MAX)
            member->allowance = STORM_CONNECTIONS_MAX;
    }
}

static void take_events(struct storm_crowd *crowd)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(crowd->epoll, events, EVENTS_MAX, TICK_MS);

    if (count < 0 && errno != EINTR)
        fail("epoll_wait failed");
    for (int i = 0; i < count; i++)
        turn(crowd, events[i].data.ptr);
}

static void *run(void *self)
{
    struct storm_crowd *crowd = self;
    int64_t before_us = crowd->began_us = clock_monotonic_us();
    struct timespec used;

    while (!atomic_load(&crowd->stops)) {
        int64_t now_us = clock_monotonic_us();

        if (now_us - before_us >= TICK_MS * 1000) {
            allow(crowd, now_us - before_us);
            before_us = now_us;
            for (size_t i = 0; i < crowd->attack_count; i++)
                go_on(crowd, &crowd->attacks[i], now_us);
        }
        take_events(crowd);
    }
    crowd->ended_us = clock_monotonic_us();
    if (!clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used))
        crowd->cpu_s = (double)used.tv_sec + (double)used.tv_nsec / (1000 * US_PER_SECOND);
    for (size_t i = 0; i < crowd->attack_count; i++)
        http_call_close(&crowd->attacks[i].call);
    return NULL;
}

static size_t kinds(void)
{
    size_t count = 0;

    while (storm_kinds[count].name)
        count++;
    return count;
}

static void read_members(struct storm_crowd *crowd)
{
    FILE *tokens = fopen(crowd->options.tokens, "re");

    if (!tokens)
        fail("the file of tokens cannot be opened");
    for (size_t i = 0; i < crowd->options.members; i++) {
        struct member *member = &crowd->members[i];

        if (!fgets(member->token, sizeof member->token, tokens))
            fail("there are fewer tokens than members");
        member->token[strcspn(member->token, "\n")] = '\0';
        member->kind = crowd->options.kind ? crowd->options.kind : &storm_kinds[i % kinds()];
    }
    fclose(tokens);
}

static void connect_members(struct storm_crowd *crowd)
{
    for (size_t i = 0; i < crowd->options.members; i++)
        for (size_t j = 0; j < crowd->members[i].kind->connections; j++)
            crowd->attacks[crowd->attack_count++] =
                (struct attack){.member = &crowd->members[i], .is_counted = true};
}

struct storm_crowd *storm_crowd_start(const struct storm_crowd_options *options)
{
    struct storm_crowd *crowd = calloc(1, sizeof *crowd);

    if (!crowd)
        fail("no memory");
    crowd->options = *options;
    crowd->members = calloc(options->members, sizeof *crowd->members);
    crowd->attacks = calloc(options->members * STORM_CONNECTIONS_MAX, sizeof *crowd->attacks);
    crowd->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!crowd->members || !crowd->attacks || crowd->epoll < 0)
        fail("no memory");
    read_members(crowd);
    connect_members(crowd);
    if (pthread_create(&crowd->thread, NULL, run, crowd))
        fail("no thread");
    return crowd;
}

void storm_crowd_stop(struct storm_crowd *crowd)
{
    atomic_store(&crowd->stops, true);
    pthread_join(crowd->thread, NULL);
}

void storm_crowd_print(const struct storm_crowd *crowd, FILE *out)
{
    double seconds = (double)(crowd->ended_us - crowd->began_us) / US_PER_SECOND;

    fprintf(out,
            "\"asked\": %zu, \"asked_seconds\": %.1f, \"unanswered\": %zu, \"crowd_cpu_s\": %.2f,",
            crowd->asked, seconds, crowd->unanswered, crowd->cpu_s);
    fputs(" \"answered\": {", out);
    for (size_t status = 0, before = 0; status < STATUSES; status++)
        if (crowd->answered[status])
            fprintf(out, "%s\"%zu\": %zu", before++ ? ", " : "", status, crowd->answered[status]);
    fputs("}", out);
}

void storm_crowd_free(struct storm_crowd *crowd)
{
    close(crowd->epoll);
    free(crowd->members);
    free(crowd->attacks);
    free(crowd);
}
