// SPDX-License-Identifier: Apache-2.0
// Which commands are for whom: only a job's own, once, also one that came before the job.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "client/command_table.h"
#include "support/failing_malloc.h"

enum { ROOM = 64 * 1024, MANY = 10000 };

static struct command_table *table;
static struct err err;

static int open_table(void **state)
{
    (void)state;
    table = command_table_new(ROOM);
    return !table;
}

static int close_table(void **state)
{
    (void)state;
    command_table_free(table);
    return 0;
}

static struct cancel_job command_for(const char *organization, const char *job, int32_t attempt)
{
    return (struct cancel_job){
        .command_id = {{1, (unsigned char)attempt}},
        .request_id = {{2}},
        .organization_id = slice_of(organization),
        .job_id = slice_of(job),
        .attempt = attempt,
        .type = slice_of("Load"),
        .requester_id = slice_of("ada"),
        .issued_at_us = 7,
        .reason = slice_of("started twice"),
    };
}

static int tell(const struct cancel_job *job)
{
    const struct heard_command heard = {job, SLICE_NULL};

    return command_table_hear(table, &heard, &err);
}

static void hear(const char *organization, const char *job, int32_t attempt)
{
    const struct cancel_job command = command_for(organization, job, attempt);

    assert_int_equal(tell(&command), DONE);
}

static int add(const char *organization, const char *job, int32_t attempt, void *tag)
{
    const struct job_attempt place = {slice_of(organization), slice_of(job), attempt};

    return command_table_add(table, &place, tag, &err);
}

static bool take_away(const char *organization, const char *job, int32_t attempt)
{
    const struct job_attempt place = {slice_of(organization), slice_of(job), attempt};

    return command_table_remove(table, &place);
}

static void expect_next(const char *job, const void *tag)
{
    struct jobtrail_command *command = command_table_next(table);

    assert_non_null(command);
    assert_string_equal(command->job_id, job);
    assert_ptr_equal(command->tag, tag);
    free(command);
}

static void expect_none(void)
{
    assert_false(command_table_has_next(table));
    assert_null(command_table_next(table));
}

static void a_command_comes_to_its_job_whole(void **state)
{
    struct jobtrail_command *command;
    struct cancel_job job = command_for("acme", "load-7", 3);
    const struct heard_command heard = {&job, slice_of("00-trace")};

    (void)state;
    assert_int_equal(add("acme", "load-7", 3, &table), DONE);
    assert_int_equal(command_table_hear(table, &heard, &err), DONE);
    command = command_table_next(table);
    assert_non_null(command);
    assert_string_equal(command->command_id, "01030000-0000-0000-0000-000000000000");
    assert_string_equal(command->request_id, "02000000-0000-0000-0000-000000000000");
    assert_string_equal(command->organization_id, "acme");
    assert_string_equal(command->job_id, "load-7");
    assert_string_equal(command->type, "Load");
    assert_string_equal(command->requester_id, "ada");
    assert_string_equal(command->reason, "started twice");
    assert_string_equal(command->traceparent, "00-trace");
    assert_int_equal(command->attempt, 3);
    assert_int_equal(command->issued_at_us, 7);
    assert_ptr_equal(command->tag, &table);
    free(command);
    expect_none();
}

static void others_commands_are_left_alone(void **state)
{
    (void)state;
    assert_int_equal(add("acme", "a", 2, NULL), DONE);
    hear("other", "a", 2);
    hear("acme", "b", 2);
    hear("acme", "a", 1);
    hear("acme", "a", 3);
    hear("acmea", "", 2);
    expect_none();
    hear("acme", "a", 2);
    expect_next("a", NULL);
}

static void a_repeated_command_is_told_once(void **state)
{
    (void)state;
    assert_int_equal(add("acme", "a", 1, NULL), DONE);
    for (int i = 0; i < 3; i++)
        hear("acme", "a", 1);
    expect_next("a", NULL);
    hear("acme", "a", 1);
    expect_none();
    assert_int_equal(command_table_counts(table).repeated, 3);
    assert_int_equal(command_table_counts(table).heard, 4);
}

static void a_repeated_command_is_told_once_though_it_is_kept_no_more(void **state)
{
    char name[32];

    (void)state;
    assert_int_equal(add("acme", "a", 1, NULL), DONE);
    hear("acme", "a", 1);
    expect_next("a", NULL);
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "other-%d", i);
        hear("acme", name, 1);
    }
    hear("acme", "a", 1);
    expect_none();
    assert_true(command_table_counts(table).kept_bytes <= ROOM);
    assert_true(command_table_counts(table).forgotten > 0);
}

static void a_command_may_come_before_its_job(void **state)
{
    int tag;

    (void)state;
    hear("acme", "a", 1);
    expect_none();
    assert_int_equal(add("acme", "a", 1, &tag), DONE);
    expect_next("a", &tag);
    hear("acme", "a", 1);
    expect_none();
}

static void a_job_that_is_added_anew_is_told_again(void **state)
{
    int first, second;

    (void)state;
    assert_int_equal(add("acme", "a", 1, &first), DONE);
    hear("acme", "a", 1);
    expect_next("a", &first);
    assert_true(take_away("acme", "a", 1));
    assert_int_equal(add("acme", "a", 1, &second), DONE);
    expect_next("a", &second);
}

static void a_job_that_is_taken_away_is_told_nothing(void **state)
{
    (void)state;
    assert_int_equal(add("acme", "a", 1, NULL), DONE);
    hear("acme", "a", 1);
    assert_true(take_away("acme", "a", 1));
    assert_false(take_away("acme", "a", 1));
    assert_false(take_away("acme", "", 1));
    expect_none();
    assert_int_equal(command_table_counts(table).jobs, 0);
}

static void commands_come_in_their_order(void **state)
{
    (void)state;
    for (int32_t i = 1; i <= 3; i++)
        assert_int_equal(add("acme", i == 1 ? "a" : i == 2 ? "b" : "c", 1, NULL), DONE);
    hear("acme", "c", 1);
    hear("acme", "a", 1);
    hear("acme", "b", 1);
    expect_next("c", NULL);
    expect_next("a", NULL);
    expect_next("b", NULL);
}

static void what_contradicts_is_refused(void **state)
{
    struct cancel_job forged = command_for("acme", "a", 1);

    (void)state;
    assert_int_equal(add("acme", "a", 1, NULL), DONE);
    hear("acme", "a", 1);
    forged.command_id.bytes[15] = 9;
    assert_int_equal(tell(&forged), DONE);
    expect_next("a", NULL);
    expect_none();
    assert_int_equal(command_table_counts(table).refused, 1);
}

static void what_is_past_the_limits_is_refused(void **state)
{
    static char text[ID_MAX_BYTES + 2];
    struct cancel_job job = command_for("acme", "a", 1);

    (void)state;
    memset(text, 'x', sizeof text - 1);
    hear(text, "a", 1);
    hear("acme", text, 1);
    hear("", "a", 1);
    hear("acme", "a", 0);
    hear("acme", "a", ATTEMPT_MAX + 1);
    job.requester_id = slice_of(text);
    assert_int_equal(tell(&job), DONE);
    job = command_for("acme", "a", 1);
    job.type = slice_of(text);
    assert_int_equal(tell(&job), DONE);
    assert_int_equal(command_table_counts(table).refused, 7);
    assert_int_equal(command_table_counts(table).kept_bytes, 0);
}

static void a_job_that_cannot_be_is_not_added(void **state)
{
    (void)state;
    assert_int_equal(add("", "a", 1, NULL), POISON);
    assert_string_equal(err.reason, "ID_LENGTH");
    assert_int_equal(add("acme", "a", 0, NULL), POISON);
    assert_string_equal(err.reason, "ATTEMPT_RANGE");
    assert_int_equal(add("acme", "a", 1, NULL), DONE);
    assert_int_equal(add("acme", "a", 1, NULL), POISON);
    assert_string_equal(err.reason, "ALREADY_ADDED");
}

static void a_long_reason_ends_at_a_character(void **state)
{
    static char reason[3 * MESSAGE_MAX_BYTES + 1];
    struct cancel_job job = command_for("acme", "a", 1);
    struct jobtrail_command *command;

    (void)state;
    for (size_t i = 0; i + 3 < sizeof reason; i += 3)
        memcpy(reason + i, "€", 3);
    job.reason = slice_of(reason);
    assert_int_equal(add("acme", "a", 1, NULL), DONE);
    assert_int_equal(tell(&job), DONE);
    command = command_table_next(table);
    assert_int_equal(strlen(command->reason), MESSAGE_MAX_BYTES / 3 * 3);
    free(command);
}

static void ten_thousand_jobs_each_hear_their_own(void **state)
{
    static int tags[MANY];
    char name[32];

    (void)state;
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "job-%d", i);
        assert_int_equal(add("acme", name, 1, &tags[i]), DONE);
    }
    for (int i = MANY - 1; i >= 0; i--) {
        snprintf(name, sizeof name, "job-%d", i);
        hear("acme", name, 1);
    }
    for (int i = MANY - 1; i >= 0; i--) {
        snprintf(name, sizeof name, "job-%d", i);
        expect_next(name, &tags[i]);
    }
    expect_none();
}

// Each step is done again until it has memory: nothing is lost, and nothing told twice.
static void without_memory_a_step_can_be_done_again(void **state)
{
    (void)state;
    for (long n = 1; n < 20; n++) {
        const struct cancel_job early = command_for("acme", "early", 1);
        const struct cancel_job job = command_for("acme", "a", 1);
        bool happened = false;
        int failures = 0;

        command_table_free(table);
        table = NULL;
        failing_malloc_after(n);
        while (!table)
            table = command_table_new(ROOM);
        while (tell(&early) == RETRY)
            failures++;
        while (add("acme", "early", 1, NULL) == RETRY)
            failures++;
        while (add("acme", "a", 1, NULL) == RETRY)
            failures++;
        while (tell(&job) == RETRY)
            failures++;
        happened = failing_malloc_happened();
        failing_malloc_never();
        assert_true(failures <= 1);
        assert_string_equal(failures ? err.reason : "OUT_OF_MEMORY", "OUT_OF_MEMORY");
        expect_next("early", NULL);
        expect_next("a", NULL);
        expect_none();
        assert_int_equal(command_table_counts(table).heard, 2);
        assert_int_equal(command_table_counts(table).jobs, 2);
        if (!happened) {
            assert_true(n > 5);
            return;
        }
    }
    fail_msg("there was no end of allocations");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_table, close_table)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_command_comes_to_its_job_whole),
        TEST(others_commands_are_left_alone),
        TEST(a_repeated_command_is_told_once),
        TEST(a_repeated_command_is_told_once_though_it_is_kept_no_more),
        TEST(a_command_may_come_before_its_job),
        TEST(a_job_that_is_added_anew_is_told_again),
        TEST(a_job_that_is_taken_away_is_told_nothing),
        TEST(commands_come_in_their_order),
        TEST(what_contradicts_is_refused),
        TEST(what_is_past_the_limits_is_refused),
        TEST(a_job_that_cannot_be_is_not_added),
        TEST(a_long_reason_ends_at_a_character),
        TEST(ten_thousand_jobs_each_hear_their_own),
        TEST(without_memory_a_step_can_be_done_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
