// SPDX-License-Identifier: Apache-2.0
// job.silent-after: what it may say, and which jobs it means.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time_us.h"
#include "view/silence.h"

static struct arena arena;
static struct silence_rules rules;
static struct err err;

static int forget(void **state)
{
    (void)state;
    arena_reset(&arena);
    return 0;
}

static bool is_silent(const char *type, enum job_status status, int64_t still_us)
{
    const struct job_columns job = {.type = slice_of(type), .status = status, .updated_at_us = 5};

    return silence_is(&rules, &job, 5 + still_us);
}

static void each_type_has_its_limit(void **state)
{
    static const int64_t minute_us = 60 * US_PER_SECOND;

    (void)state;
    assert_int_equal(
        silence_read("15m, Load=1h,Seed=never,Scan=0,a=b=1s", "x", &arena, &rules, &err), DONE);
    assert_false(is_silent("Analyze", STATUS_RUNNING, 15 * minute_us));
    assert_true(is_silent("Analyze", STATUS_RUNNING, 15 * minute_us + 1));
    assert_true(is_silent(NULL, STATUS_RUNNING, 15 * minute_us + 1)); // its creation is not known
    assert_false(is_silent("Load", STATUS_RUNNING, 60 * minute_us));
    assert_true(is_silent("Load", STATUS_RUNNING, 60 * minute_us + 1));
    assert_false(is_silent("Seed", STATUS_RUNNING, INT64_MAX / 2));
    assert_false(is_silent("Scan", STATUS_RUNNING, INT64_MAX / 2));
    assert_true(is_silent("a=b", STATUS_RUNNING, US_PER_SECOND + 1));
}

static void only_what_runs_is_silent(void **state)
{
    (void)state;
    assert_int_equal(silence_read("1s", "x", &arena, &rules, &err), DONE);
    for (enum job_status status = STATUS_ACCEPTED; status < JOB_STATUSES; status++)
        assert_int_equal(is_silent("Load", status, INT64_MAX / 2), status == STATUS_RUNNING);
    assert_false(is_silent("Load", STATUS_RUNNING, -US_PER_SECOND)); // clocks differ
}

static void without_one_for_all_only_some_are_silent(void **state)
{
    (void)state;
    assert_int_equal(silence_read("Load=365d", "x", &arena, &rules, &err), DONE);
    assert_true(is_silent("Load", STATUS_RUNNING, INT64_MAX / 2));
    assert_false(is_silent("Seed", STATUS_RUNNING, INT64_MAX / 2));
}

static void the_moment_is_known_beforehand(void **state)
{
    static const struct {
        const char *type;
        enum job_status status;
        int64_t updated_at_us, from_us;
    } cases[] = {{"Load", STATUS_RUNNING, 5, 5 + US_PER_SECOND},
                 {"Scan", STATUS_RUNNING, -7, 2 * US_PER_SECOND - 7},
                 {"Seed", STATUS_RUNNING, 5, TIME_NONE},
                 {"Load", STATUS_ACCEPTED, 5, TIME_NONE},
                 {"Load", STATUS_SUCCESSFUL, 5, TIME_NONE},
                 {"Load", STATUS_RUNNING, TIME_NONE, TIME_NONE},
                 {"Load", STATUS_RUNNING, INT64_MAX, TIME_NONE}};

    (void)state;
    assert_int_equal(silence_read("1s,Scan=2s,Seed=never", "x", &arena, &rules, &err), DONE);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct job_columns job = {.type = slice_of(cases[i].type),
                                        .status = cases[i].status,
                                        .updated_at_us = cases[i].updated_at_us};

        assert_int_equal(silence_from_us(&rules, &job), cases[i].from_us);
        assert_false(silence_is(&rules, &job, cases[i].from_us));
        assert_int_equal(silence_is(&rules, &job, INT64_MAX), cases[i].from_us != TIME_NONE);
    }
}

static void what_makes_no_sense_is_refused(void **state)
{
    static const char *const texts[] = {"soon",     "15",    "999ms",          "366d",
                                        "1h,2h",    "=1h",   "Load=",          "Load",
                                        "Load=500", "L=-1s", "Load=1h,Load=2h"};
    char long_type[TYPE_MAX_BYTES + 8];

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (silence_read(texts[i], "job.silent-after", &arena, &rules, &err) != FATAL)
            fail_msg("%s", texts[i]);
        assert_string_equal(err.reason, "CONFIGURATION");
        assert_memory_equal(err.text, "job.silent-after: ", 18);
    }
    memset(long_type, 'x', sizeof long_type);
    memcpy(long_type + TYPE_MAX_BYTES + 1, "=1h", 4);
    assert_int_equal(silence_read(long_type, "x", &arena, &rules, &err), FATAL);
    assert_int_equal(silence_read(long_type + 1, "x", &arena, &rules, &err), DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(each_type_has_its_limit, forget),
        cmocka_unit_test_teardown(only_what_runs_is_silent, forget),
        cmocka_unit_test_teardown(without_one_for_all_only_some_are_silent, forget),
        cmocka_unit_test_teardown(the_moment_is_known_beforehand, forget),
        cmocka_unit_test_teardown(what_makes_no_sense_is_refused, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
