// SPDX-License-Identifier: Apache-2.0
// Commands from real brokers: each job is told its own, once, whatever else is in the topic.
#include "client/listening.h"

#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY_JOBS = 10000 };

static void a_job_is_told_its_own_command_once(void **state)
{
    struct listening listening;
    int tag;

    (void)state;
    listening_open(&listening, 1);
    listening_add(&listening, "load-7", 2, &tag);
    send_command(&listening, 0, "other", "load-7", 2);
    send_command(&listening, 0, "acme", "load-8", 2);
    send_command(&listening, 0, "acme", "load-7", 1);
    for (int i = 0; i < 3; i++)
        send_command(&listening, 0, "acme", "load-7", 2);
    expect_command(&listening, "load-7", &tag);
    expect_no_other(&listening, 0);
    assert_int_equal(counts_of(&listening).repeated, 2);
    assert_int_equal(counts_of(&listening).told, 2);
    assert_int_equal(counts_of(&listening).refused, 0);
    listening_close(&listening);
}

static void a_command_that_came_before_is_told(void **state)
{
    struct listening listening;
    int tag;

    (void)state;
    listening_open(&listening, 4);
    jobtrail_commands_close(listening.commands);
    for (int i = 0; i < 4; i++)
        send_command(&listening, i, "acme", i == 3 ? "mine" : "others", i == 3 ? 1 : i + 1);
    assert_int_equal(rd_kafka_flush(listening.producer, WAIT_MS), 0);
    listening.commands = listen_to(world_brokers(), listening.topic);
    for (int64_t until_us = world_now_us() + WAIT_MS * 1000LL; counts_of(&listening).heard < 4;)
        assert_true(world_now_us() < until_us);
    listening_add(&listening, "mine", 1, &tag);
    expect_command(&listening, "mine", &tag);
    listening_close(&listening);
}

static void what_is_older_than_the_look_back_is_not_told(void **state)
{
    struct listening listening;
    struct jobtrail_settings *settings;

    (void)state;
    listening_open(&listening, 1);
    jobtrail_commands_close(listening.commands);
    send_command(&listening, 0, "acme", "old", 1);
    assert_int_equal(rd_kafka_flush(listening.producer, WAIT_MS), 0);
    poll(NULL, 0, 2); // so that its time is over
    settings = kit_settings(world_brokers(), "organization", "acme", "topic.commands",
                            listening.topic, "commands.look-back", "0s", NULL);
    assert_int_equal(jobtrail_commands_new(settings, &listening.commands, NULL), 0);
    jobtrail_settings_free(settings);
    await_all_read(listening.commands);
    listening_add(&listening, "old", 1, NULL);
    expect_no_other(&listening, 0);
    assert_int_equal(counts_of(&listening).heard, 1);
    listening_close(&listening);
}

static void two_processes_hear_every_command(void **state)
{
    struct listening listening, second;

    (void)state;
    listening_open(&listening, 2);
    second = listening;
    second.commands = listen_to(world_brokers(), listening.topic);
    listening_add(&listening, "a", 1, NULL);
    listening_add(&second, "b", 1, NULL);
    send_command(&listening, 0, "acme", "b", 1);
    send_command(&listening, 0, "acme", "a", 1);
    expect_command(&listening, "a", NULL);
    expect_command(&second, "b", NULL);
    expect_no_other(&listening, 1);
    jobtrail_commands_close(second.commands);
    listening_close(&listening);
}

// Each beginning of a command, bytes that are none, and what another record is.
static void ten_thousand_jobs_each_hear_their_own(void **state)
{
    static int tags[MANY_JOBS];
    static bool is_told[MANY_JOBS];
    struct listening listening;
    char job[32];

    (void)state;
    listening_open(&listening, 4);
    for (int i = 0; i < MANY_JOBS; i++) {
        snprintf(job, sizeof job, "job-%d", i);
        listening_add(&listening, job, 1, &tags[i]);
    }
    for (int i = 0; i < MANY_JOBS; i++) {
        snprintf(job, sizeof job, "job-%d", i);
        send_command(&listening, i % 4, "acme", job, 1);
    }
    for (int i = 0; i < MANY_JOBS; i++) {
        struct jobtrail_command *command = await_command(listening.commands);
        const long place = (int *)command->tag - tags;

        snprintf(job, sizeof job, "job-%ld", place);
        assert_string_equal(command->job_id, job);
        assert_false(is_told[place]);
        is_told[place] = true;
        jobtrail_command_free(command);
    }
    for (int i = 0; i < MANY_JOBS; i++) {
        snprintf(job, sizeof job, "job-%d", i);
        jobtrail_commands_remove(listening.commands, job, 1);
    }
    assert_int_equal(counts_of(&listening).jobs, 0);
    listening_close(&listening);
}

static void note(void *self, const struct jobtrail_command *command)
{
    (void)command;
    ++*(int *)self;
}

static void a_call_of_the_programs_tells_by_callback(void **state)
{
    struct listening listening;
    int told = 0;

    (void)state;
    listening_open(&listening, 1);
    assert_int_equal(jobtrail_commands_dispatch(listening.commands, 0, note, &told), 0);
    listening_add(&listening, "a", 1, NULL);
    send_command(&listening, 0, "acme", "a", 1);
    assert_int_equal(jobtrail_commands_dispatch(listening.commands, WAIT_MS, note, &told), 1);
    assert_int_equal(told, 1);
    listening_close(&listening);
}

static void a_child_is_told_that_it_is_one(void **state)
{
    struct jobtrail_commands *commands = listen_to(NOBODY, "nothing");
    struct jobtrail_commands_counts counts;
    int status;
    pid_t child;

    (void)state;
    child = fork();
    if (!child) {
        bool good = jobtrail_commands_add(commands, "a", 1, NULL, NULL) == JOBTRAIL_FORKED &&
                    jobtrail_commands_fd(commands) == -1 && !jobtrail_commands_next(commands) &&
                    jobtrail_commands_dispatch(commands, 0, note, NULL) == JOBTRAIL_FORKED &&
                    jobtrail_commands_trouble(commands, NULL) == JOBTRAIL_FORKED &&
                    jobtrail_commands_counts(commands, &counts, sizeof counts) == JOBTRAIL_FORKED;

        jobtrail_commands_remove(commands, "a", 1);
        jobtrail_commands_close(commands);
        _exit(good ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    jobtrail_commands_close(commands);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_is_told_its_own_command_once),
        cmocka_unit_test(a_command_that_came_before_is_told),
        cmocka_unit_test(what_is_older_than_the_look_back_is_not_told),
        cmocka_unit_test(two_processes_hear_every_command),
        cmocka_unit_test(ten_thousand_jobs_each_hear_their_own),
        cmocka_unit_test(a_call_of_the_programs_tells_by_callback),
        cmocka_unit_test(a_child_is_told_that_it_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
