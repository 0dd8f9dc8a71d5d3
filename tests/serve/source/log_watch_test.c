// SPDX-License-Identifier: Apache-2.0
// What the log watch makes of what Kafka tells it. The brokers are the test's: log_ends.h is here.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "kafka/log_ends.h"
#include "serve/source/log_watch.h"

enum { TOPICS = 2, PARTITIONS = 4 };

// What the brokers tell; under the mutex.
static struct brokers {
    int32_t counts[TOPICS];
    int64_t ends[TOPICS][PARTITIONS];
    bool silent[TOPICS], all_silent;
    int64_t database_now_us;
    char asked[256]; // in order: moment, count, ends
} brokers;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void note(const char *what)
{
    if (strlen(brokers.asked) + strlen(what) < sizeof brokers.asked)
        strcat(brokers.asked, what);
}

static int64_t database_now_us(void *self)
{
    int64_t now_us;

    (void)self;
    pthread_mutex_lock(&mutex);
    note("moment ");
    now_us = brokers.database_now_us;
    pthread_mutex_unlock(&mutex);
    return now_us;
}

int log_ends_new(const struct kafka_property *properties, size_t property_count,
                 const char *const *topics, struct log_ends **out, struct err *err)
{
    (void)properties, (void)property_count, (void)topics, (void)err;
    *out = NULL;
    return DONE;
}

void log_ends_free(struct log_ends *log_ends)
{
    (void)log_ends;
}

int log_ends_count(struct log_ends *log_ends, int timeout_ms, int32_t *counts, struct err *err)
{
    bool silent;

    (void)log_ends, (void)timeout_ms;
    pthread_mutex_lock(&mutex);
    note("count ");
    silent = brokers.all_silent;
    memcpy(counts, brokers.counts, sizeof brokers.counts);
    pthread_mutex_unlock(&mutex);
    return silent ? err_set(err, RETRY, "KAFKA_TIMEOUT", "nobody answers") : DONE;
}

int log_ends_ask(struct log_ends *log_ends, size_t topic, int32_t count, int timeout_ms,
                 struct log_end *ends, struct err *err)
{
    bool silent;

    (void)log_ends, (void)timeout_ms;
    pthread_mutex_lock(&mutex);
    note("ends ");
    silent = brokers.silent[topic];
    for (int32_t i = 0; i < count; i++)
        ends[i] = (struct log_end){brokers.ends[topic][i], i};
    pthread_mutex_unlock(&mutex);
    return silent ? err_set(err, RETRY, "KAFKA_TIMEOUT", "nobody answers") : DONE;
}

static struct log_watch *watch;

static int open_watch(void **state)
{
    static const char *const topics[] = {"a", "b", NULL};
    const struct log_watch_options options = {.topics = topics, .database_now_us = database_now_us};
    struct err err;

    (void)state;
    brokers =
        (struct brokers){.counts = {2, 1}, .ends = {{5, 6, 7, 8}, {9}}, .database_now_us = 100};
    return log_watch_new(&options, &watch, &err);
}

static int close_watch(void **state)
{
    (void)state;
    log_watch_free(watch);
    return 0;
}

static void start(void)
{
    struct err err;

    assert_int_equal(log_watch_start(watch, &err), DONE);
}

static void wait_for_round(uint64_t round)
{
    const struct timespec moment = {.tv_nsec = 1000000};

    while (log_watch_round(watch) < round)
        nanosleep(&moment, NULL);
}

// What the brokers tell from the next round on, and until that is over.
#define FROM_NOW_ON(statements)                                                                    \
    do {                                                                                           \
        uint64_t before_ = log_watch_round(watch);                                                 \
                                                                                                   \
        pthread_mutex_lock(&mutex);                                                                \
        statements;                                                                                \
        pthread_mutex_unlock(&mutex);                                                              \
        wait_for_round(before_ + 2); /* the one under way may have asked before */                 \
    } while (0)

static bool look(const char *topic, int32_t partition, struct watched_end *out)
{
    const struct source source = {slice_of(topic), partition};

    *out = (struct watched_end){0};
    return log_watch_end(watch, &source, out);
}

static void check(const char *topic, int32_t partition, int64_t offset, int64_t seen_at_us,
                  int32_t partitions)
{
    struct watched_end end;

    assert_true(look(topic, partition, &end));
    assert_int_equal(end.offset, offset);
    assert_int_equal(end.leader, partition); // as the stand-in has it
    assert_int_equal(end.seen_at_us, seen_at_us);
    assert_int_equal(end.partitions, partitions);
    assert_true(end.monotonic_us <= clock_monotonic_us());
}

static void the_moment_comes_first_then_the_count_then_the_ends(void **state)
{
    struct watched_end end;

    (void)state;
    assert_int_equal(log_watch_round(watch), 0);
    assert_false(look("a", 0, &end));
    start();
    wait_for_round(1);
    assert_int_equal(strncmp(brokers.asked, "moment count ends ends ", 23), 0);
    check("a", 1, 6, 100, 2);
    check("b", 0, 9, 100, 1);
    assert_false(look("a", 2, &end));
    assert_false(look("c", 0, &end));
}

static void what_is_added_is_known_with_the_ends_of_its_round(void **state)
{
    (void)state;
    start();
    wait_for_round(1);
    FROM_NOW_ON(brokers.counts[0] = 4; brokers.ends[0][0] = 50; brokers.database_now_us = 200);
    check("a", 0, 50, 200, 4);
    check("a", 3, 8, 200, 4);
}

// By a broker that is behind the others nothing is proved: what was known stays, with its moment.
static void a_broker_that_knows_of_fewer_is_not_believed(void **state)
{
    struct watched_end end;

    (void)state;
    start();
    wait_for_round(1);
    FROM_NOW_ON(brokers.counts[0] = 1; brokers.database_now_us = 200);
    check("a", 0, 5, 100, 2);
    check("b", 0, 9, 200, 1);
    FROM_NOW_ON(brokers.counts[0] = 0; brokers.database_now_us = 300); // the topic is gone
    assert_false(look("a", 0, &end));
    check("b", 0, 9, 300, 1);
}

static void who_does_not_answer_leaves_what_was_known(void **state)
{
    struct watched_end end;

    (void)state;
    start();
    wait_for_round(1);
    FROM_NOW_ON(brokers.silent[1] = true; brokers.ends[0][1] = -1; brokers.database_now_us = 200);
    check("a", 0, 5, 200, 2);
    assert_false(look("a", 1, &end)); // nobody leads it
    check("b", 0, 9, 100, 1);
    FROM_NOW_ON(brokers.all_silent = true; brokers.database_now_us = 300);
    check("a", 0, 5, 200, 2);
}

#define WATCH_TEST(name) cmocka_unit_test_setup_teardown(name, open_watch, close_watch)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH_TEST(the_moment_comes_first_then_the_count_then_the_ends),
        WATCH_TEST(what_is_added_is_known_with_the_ends_of_its_round),
        WATCH_TEST(a_broker_that_knows_of_fewer_is_not_believed),
        WATCH_TEST(who_does_not_answer_leaves_what_was_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
