// SPDX-License-Identifier: Apache-2.0
// A reader's connection: who may have one, what becomes of a question under which it breaks, and a
// lack of memory at each allocation.
#include <pthread.h>
#include <stdio.h>

#include "store/reader/reader_kit.h"
#include "support/between.h"
#include "support/failing_malloc.h"

enum { ATTEMPTS_MAX = 2000 };

static int connect_as(struct harness *harness, const char *role, struct err *err)
{
    char conninfo[sizeof harness->conninfo + 32];
    struct connection_options options;
    struct job_reader *reader;
    int rc;

    snprintf(conninfo, sizeof conninfo, "%s user=%s", harness->conninfo, role);
    options = reader_options(conninfo);
    reader = job_reader_new(&options, err);
    assert_non_null(reader);
    rc = job_reader_connect(reader, err);
    assert_int_equal(job_reader_is_connected(reader), !rc);
    job_reader_free(reader);
    return rc;
}

static void who_runs_the_service_may_read(void **state)
{
    struct harness *harness = *state;
    struct err err = {0};

    harness_run(harness->side, "CREATE ROLE heir LOGIN;"
                               " GRANT jobtrail_owner TO heir");
    if (connect_as(harness, "heir", &err))
        fail_msg("%s: %s", err.reason, err.text);
    harness_run(harness->side, "REVOKE jobtrail_reader FROM jobtrail_owner");
    assert_int_equal(connect_as(harness, "heir", &err), FATAL);
    assert_string_equal(err.reason, "NO_READER_ROLE");
    assert_non_null(strstr(err.text, "GRANT jobtrail_reader TO heir"));
    harness_run(harness->side, "GRANT jobtrail_reader TO heir");
    if (connect_as(harness, "heir", &err))
        fail_msg("%s: %s", err.reason, err.text);
    harness_run(harness->side, "DROP OWNED BY heir; DROP ROLE heir;"
                               " GRANT jobtrail_reader TO jobtrail_owner");
}

static int list(struct job_reader *reader, struct err *err)
{
    struct job_scope scope = scope_of("acme", NULL);
    struct job_filter filter = no_filter();
    struct job_page page = first_page(10);
    struct viewed_jobs jobs;

    return job_reader_list(reader, &scope, &filter, &page, &jobs, err);
}

static void a_lost_connection_is_told_and_made_anew(void **state)
{
    struct harness *harness = *state;
    struct job_reader *reader = reader_open(harness);
    struct err err = {0};

    harness_run(harness->side, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                               " WHERE application_name = 'reader test'");
    assert_int_equal(list(reader, &err), RETRY);
    assert_false(job_reader_is_connected(reader));
    assert_int_equal(list(reader, &err), RETRY);
    assert_string_equal(err.reason, "NOT_CONNECTED");
    assert_int_equal(job_reader_connect(reader, &err), DONE);
    assert_int_equal(list(reader, &err), DONE);
    job_reader_free(reader);
}

struct questioner {
    struct job_reader *reader;
    struct err err;
    int rc;
};

static void *ask(void *self)
{
    struct questioner *questioner = self;

    questioner->rc = list(questioner->reader, &questioner->err);
    return NULL;
}

// The table is locked, so that the question is under way until something is done about it.
static void break_under_a_question(struct harness *harness, const char *how)
{
    struct questioner questioner = {.reader = reader_open(harness)};
    pthread_t thread;

    harness_run(harness->side, "BEGIN; LOCK TABLE jobtrail_p1.job");
    assert_int_equal(pthread_create(&thread, NULL, ask, &questioner), 0);
    while (!harness_number(harness->side, "SELECT count(*) FROM pg_locks WHERE NOT granted"))
        ;
    harness_run(harness->side, how);
    pthread_join(thread, NULL);
    harness_run(harness->side, "ROLLBACK");
    assert_int_equal(questioner.rc, RETRY);
    if (!job_reader_is_connected(questioner.reader))
        assert_int_equal(job_reader_connect(questioner.reader, &questioner.err), DONE);
    assert_int_equal(list(questioner.reader, &questioner.err), DONE);
    job_reader_free(questioner.reader);
}

static void it_may_break_under_a_question(void **state)
{
    break_under_a_question(*state, "SELECT pg_terminate_backend(pid) FROM pg_locks"
                                   " WHERE NOT granted");
    break_under_a_question(*state, "SELECT pg_cancel_backend(pid) FROM pg_locks"
                                   " WHERE NOT granted");
}

// Every question once, on a connection of its own. What it gave is checked by other tests.
static int whole_way(struct harness *harness, struct err *err)
{
    static const char *const topics[] = {"events", NULL};
    struct connection_options options = reader_options(harness->conninfo);
    struct job_scope scope = scope_of("acme", "ada");
    struct job_filter filter = no_filter();
    struct job_page page = first_page(10);
    struct source source = {slice_of("events"), 0};
    struct uuid id = {{0}};
    struct viewed_jobs jobs;
    struct job_total total;
    struct viewed_freshness freshness;
    const struct viewed_job *job;
    const struct viewed_event *events;
    const struct slice *types;
    const struct viewed_cancellation *found;
    struct job_reader *reader = job_reader_new(&options, err);
    size_t count;
    int64_t next_offset;
    int rc;

    if (!reader)
        return (int)err->disposition;
    rc = job_reader_connect(reader, err);
    filter.types[filter.type_count++] = slice_of("Load");
    if (!rc)
        rc = job_reader_list(reader, &scope, &filter, &page, &jobs, err);
    if (!rc)
        rc = job_reader_count(reader, &scope, &filter, &total, err);
    if (!rc)
        rc = job_reader_show(reader, &scope, slice_of("a"), &job, err);
    if (!rc)
        rc = job_reader_history(reader, &scope, slice_of("a"), &events, &count, err);
    if (!rc)
        rc = job_reader_types(reader, &scope, SLICE_NULL, 1, &types, &count, err);
    if (!rc)
        rc = job_reader_cancellations(
            reader, &scope, &(struct cancellations_asked){.job_id = SLICE_LITERAL("a"), .limit = 5},
            &found, &count, err);
    if (!rc)
        rc = job_reader_cancellation(reader, slice_of("acme"), slice_of("ada"), &id, &found, err);
    if (!rc)
        rc = job_reader_freshness(reader, topics, &freshness, err);
    if (!rc)
        rc = job_reader_position(reader, &source, &next_offset, err);
    job_reader_free(reader);
    return rc;
}

static void every_allocation_may_fail(void **state)
{
    struct harness *harness = *state;
    struct row_write row = harness_row("acme", "a", 1);
    struct err err = {0};
    long n;

    harness_written(harness->store, &(struct batch_write){.rows = &row, .row_count = 1});
    for (n = 1; n < ATTEMPTS_MAX; n++) {
        int rc;

        failing_malloc_after(n);
        rc = whole_way(harness, &err);
        if (!failing_malloc_happened())
            break;
        failing_malloc_never();
        assert_int_equal(rc, RETRY);
    }
    failing_malloc_never();
    assert_between(n, 15, ATTEMPTS_MAX - 1);
}

// One failure leaves the reader as good as before.
static void a_reader_goes_on_after_a_lack_of_memory(void **state)
{
    struct job_reader *reader = reader_open(*state);
    struct err err = {0};
    long n;

    for (n = 1; n < ATTEMPTS_MAX; n++) {
        int rc;

        failing_malloc_after(n);
        rc = list(reader, &err);
        if (!failing_malloc_happened())
            break;
        failing_malloc_never();
        assert_int_equal(rc, RETRY);
        if (!job_reader_is_connected(reader))
            assert_int_equal(job_reader_connect(reader, &err), DONE);
        assert_int_equal(list(reader, &err), DONE);
    }
    failing_malloc_never();
    assert_between(n, 1, ATTEMPTS_MAX - 1);
    job_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(who_runs_the_service_may_read),
        TEST(a_lost_connection_is_told_and_made_anew),
        TEST(it_may_break_under_a_question),
        TEST(every_allocation_may_fail),
        TEST(a_reader_goes_on_after_a_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
