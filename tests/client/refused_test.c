// SPDX-License-Identifier: Apache-2.0
// What the service would keep as a dead letter is refused with its reason, and nothing is told;
// allocations that fail are told, and lose nothing.
#include "client/kit.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "support/failing_malloc.h"

enum { MOST_ALLOCATIONS = 1000 };

static struct jobtrail_emitter *emitter;
static struct jobtrail_job *job;

static int open_all(void **state)
{
    (void)state;
    emitter = kit_emitter(kit_settings(NOBODY, NULL), NULL, NULL, NULL);
    job = kit_job(emitter, "one");
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    jobtrail_job_close(job);
    jobtrail_emitter_close(emitter, 0, NULL);
    return 0;
}

static void expect(int code, const struct jobtrail_error *error, const char *reason)
{
    assert_int_equal(code, JOBTRAIL_REFUSED);
    assert_int_equal(error->code, JOBTRAIL_REFUSED);
    assert_string_equal(error->reason, reason);
}

static void limits_of_the_service_are_ours(void **state)
{
    char long_text[2100], address[2100] = "https://";
    struct jobtrail_error error;

    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    strcat(address, long_text + strlen(address));
    expect(jobtrail_job_created(job, "", "ada", true, NULL, &error), &error, "TYPE_LENGTH");
    expect(jobtrail_job_created(job, NULL, "ada", true, NULL, &error), &error, "TYPE_LENGTH");
    expect(jobtrail_job_created(job, "Load", "", true, NULL, &error), &error, "ID_LENGTH");
    expect(jobtrail_job_created(job, long_text, "ada", true, NULL, &error), &error, "TYPE_LENGTH");
    expect(jobtrail_job_created(job, "L\xff", "ada", true, NULL, &error), &error, "INVALID_UTF8");
    expect(jobtrail_job_progressed(job, 101, NULL, &error), &error, "PROGRESS_RANGE");
    expect(jobtrail_job_progressed(job, -1, NULL, &error), &error, "PROGRESS_RANGE");
    expect(jobtrail_job_succeeded(job, "javascript:alert(1)", NULL, &error), &error, "RESULT_URI");
    expect(jobtrail_job_succeeded(job, address, NULL, &error), &error, "RESULT_URI");
    expect(jobtrail_job_failed(job, long_text, NULL, NULL, &error), &error, "ERROR_CODE_LENGTH");
    expect(jobtrail_job_cancelled(job, "no UUID", NULL, &error), &error, "INVALID_UUID");
    assert_int_equal(kit_counts(emitter).taken, 0);
}

static void details_are_checked(void **state)
{
    struct jobtrail_details details = JOBTRAIL_DETAILS_INIT;
    struct jobtrail_error error;

    (void)state;
    details.occurred_at_us = 1;
    expect(jobtrail_job_started(job, &details, &error), &error, "TIME_TOO_EARLY");
    details.occurred_at_us = clock_now_us() + 25 * 3600 * US_PER_SECOND;
    expect(jobtrail_job_started(job, &details, &error), &error, "TIME_TOO_LATE");
    details.occurred_at_us = clock_now_us();
    details.event_id = "7";
    expect(jobtrail_job_started(job, &details, &error), &error, "INVALID_UUID");
    details.event_id = NULL;
    details.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";
    expect(jobtrail_job_started(job, &details, &error), &error, "TRACEPARENT");
    details.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    details.message = "a\xc3";
    expect(jobtrail_job_started(job, &details, &error), &error, "INVALID_UTF8");
    details.message = "well";
    assert_int_equal(jobtrail_job_started(job, &details, &error), JOBTRAIL_OK);
    details.size = 0;
    expect(jobtrail_job_started(job, &details, &error), &error, "DETAILS");
}

static void a_job_is_checked_when_it_is_opened(void **state)
{
    struct jobtrail_error error;
    struct jobtrail_job *other;
    char long_id[257];

    (void)state;
    memset(long_id, 'x', sizeof long_id - 1);
    long_id[sizeof long_id - 1] = '\0';
    expect(jobtrail_job_open(emitter, "", 1, &other, &error), &error, "ID_LENGTH");
    expect(jobtrail_job_open(emitter, NULL, 1, &other, &error), &error, "ID_LENGTH");
    expect(jobtrail_job_open(emitter, long_id, 1, &other, &error), &error, "ID_LENGTH");
    expect(jobtrail_job_open(emitter, "\xff", 1, &other, &error), &error, "INVALID_UTF8");
    expect(jobtrail_job_open(emitter, "one", 0, &other, &error), &error, "ATTEMPT_RANGE");
    expect(jobtrail_job_open(emitter, "one", 10001, &other, &error), &error, "ATTEMPT_RANGE");
    assert_null(other);
}

// With its n-th allocation failing, for n from 1 on; other threads allocate little meanwhile.
static void a_lack_of_memory_is_told_and_loses_nothing(void **state)
{
    static char detail[70000];
    long n;

    (void)state;
    memset(detail, 'x', sizeof detail - 1);
    for (n = 1; n < MOST_ALLOCATIONS; n++) {
        const uint64_t taken = kit_counts(emitter).taken;
        struct jobtrail_error error;
        bool happened;
        int code;

        failing_malloc_after(n);
        code = jobtrail_job_failed(job, "E", detail, NULL, &error);
        happened = failing_malloc_happened();
        failing_malloc_never();
        if (code == JOBTRAIL_OK && !happened)
            break;
        if (code)
            assert_int_equal(code, JOBTRAIL_NO_MEMORY);
        assert_int_equal(kit_counts(emitter).taken, taken + (code == JOBTRAIL_OK));
    }
    assert_true(n > 1 && n < MOST_ALLOCATIONS);
}

static void without_memory_nothing_is_made(void **state)
{
    struct jobtrail_settings *settings =
        kit_settings(NOBODY, "spool.file", "/tmp/jobtrail-refused-test.spool", NULL);
    struct jobtrail_emitter *other;
    struct jobtrail_error error;
    int code = JOBTRAIL_NO_MEMORY;

    (void)state;
    remove("/tmp/jobtrail-refused-test.spool");
    for (long n = 1; code && n < MOST_ALLOCATIONS; n++) {
        failing_malloc_after(n);
        code = jobtrail_emitter_new(settings, NULL, NULL, NULL, &other, &error);
        failing_malloc_never();
        // Where tests/support/tsan_threads.c makes librdkafka's threads, one more allocation is
        // its.
        if (code && !strstr(error.text, "thread"))
            assert_int_equal(code, JOBTRAIL_NO_MEMORY);
    }
    assert_int_equal(code, JOBTRAIL_OK);
    jobtrail_emitter_close(other, 0, NULL);
    jobtrail_settings_free(settings);
    remove("/tmp/jobtrail-refused-test.spool");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(limits_of_the_service_are_ours, open_all, close_all),
        cmocka_unit_test_setup_teardown(details_are_checked, open_all, close_all),
        cmocka_unit_test_setup_teardown(a_job_is_checked_when_it_is_opened, open_all, close_all),
        cmocka_unit_test_setup_teardown(a_lack_of_memory_is_told_and_loses_nothing, open_all,
                                        close_all),
        cmocka_unit_test(without_memory_nothing_is_made),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
