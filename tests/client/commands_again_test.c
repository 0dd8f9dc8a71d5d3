// SPDX-License-Identifier: Apache-2.0
// A topic of commands that is deleted and made again while somebody listens: each command of the
// new one is told, wherever the former one had been read up to, and it is said.
#include "client/listening.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { STEP_MS = 50, BEFORE = 3, AFTER = 2 * BEFORE, NAME_SIZE = 32 };

static void note_said(void *self, enum jobtrail_level level, const char *text)
{
    if (level == JOBTRAIL_LEVEL_WARN && strstr(text, "TOPIC_MADE_AGAIN"))
        atomic_fetch_add((atomic_int *)self, 1);
}

static void open_logged(struct listening *listening, int partitions, atomic_int *said)
{
    struct jobtrail_settings *settings;

    listening->topic = world_name("again");
    world_create_topic(world_brokers(), listening->topic, partitions, NULL);
    listening->producer = world_producer(world_brokers(), NULL);
    settings = listening_settings(world_brokers(), listening->topic);
    jobtrail_settings_log(settings, note_said, said);
    assert_int_equal(jobtrail_commands_new(settings, &listening->commands, NULL), 0);
    jobtrail_settings_free(settings);
    await_all_read(listening->commands);
}

// Sends commands for jobs of these numbers to each partition by turns; they are on their way.
static void send_numbered(struct listening *listening, int from, int to, int partitions)
{
    char job[NAME_SIZE];

    for (int i = from; i < to; i++) {
        snprintf(job, sizeof job, "job-%d", i);
        send_command(listening, i % partitions, "acme", job, 1);
    }
    assert_int_equal(rd_kafka_flush(listening->producer, WAIT_MS), 0);
}

// All of them, in whatever order.
static void expect_numbered(struct listening *listening, int from, int to)
{
    bool is_told[BEFORE + AFTER] = {false};
    char job[NAME_SIZE];

    for (int i = from; i < to; i++) {
        snprintf(job, sizeof job, "job-%d", i);
        listening_add(listening, job, 1, &is_told[i]);
    }
    for (int i = from; i < to; i++) {
        struct jobtrail_command *command = await_command(listening->commands);
        bool *mine = command->tag;

        assert_false(*mine);
        *mine = true;
        jobtrail_command_free(command);
    }
}

static void make_again(struct listening *listening, int partitions)
{
    rd_kafka_destroy(listening->producer);
    world_delete_topic(world_brokers(), listening->topic);
    world_create_topic(world_brokers(), listening->topic, partitions, NULL);
    listening->producer = world_producer(world_brokers(), NULL);
}

static void expect_said(const atomic_int *said)
{
    const int64_t until_us = world_now_us() + WAIT_MS * 1000LL;

    while (!atomic_load(said)) {
        assert_true(world_now_us() < until_us);
        poll(NULL, 0, STEP_MS);
    }
}

// A partition's new log soon has as many records as were read of the former one, or more.
static void expect_read_from_its_beginning(int partitions_before, int partitions_now)
{
    struct listening listening;
    atomic_int said = 0;

    open_logged(&listening, partitions_before, &said);
    send_numbered(&listening, 0, BEFORE, partitions_before);
    expect_numbered(&listening, 0, BEFORE);
    make_again(&listening, partitions_now);
    send_numbered(&listening, BEFORE, BEFORE + AFTER, partitions_now);
    expect_numbered(&listening, BEFORE, BEFORE + AFTER);
    expect_said(&said);
    await_all_read(listening.commands);
    listening_close(&listening);
}

static void a_topic_that_is_made_again_is_read_from_its_beginning(void **state)
{
    (void)state;
    expect_read_from_its_beginning(1, 1);
}

static void one_with_fewer_partitions_is_too(void **state)
{
    (void)state;
    expect_read_from_its_beginning(4, 2);
}

static void one_with_more_partitions_is_too(void **state)
{
    (void)state;
    expect_read_from_its_beginning(1, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_topic_that_is_made_again_is_read_from_its_beginning),
        cmocka_unit_test(one_with_fewer_partitions_is_too),
        cmocka_unit_test(one_with_more_partitions_is_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
