// SPDX-License-Identifier: Apache-2.0
// Which jobs are compared.
#include "verify/scope.h"

#include <stdio.h>

#include "core/made.h"
#include "support/between.h"

static struct job_key key_of(const char *job, const char *organization)
{
    return (struct job_key){slice_of(organization), slice_of(job)};
}

static bool has(const struct scope *scope, const char *job, const char *organization)
{
    const struct job_key key = key_of(job, organization);

    return scope_has(scope, &key);
}

static void test_all_or_one_organisation(void **state)
{
    struct scope scope = {.sample = SAMPLE_ALL};

    (void)state;
    assert_true(has(&scope, "job", "a"));
    scope.organization = SLICE_LITERAL("a");
    assert_true(has(&scope, "job", "a"));
    assert_false(has(&scope, "job", "b"));
    assert_false(has(&scope, "job", "ab"));
}

// One pass ends with a key, and the next begins behind it.
static void test_ranges_meet(void **state)
{
    struct scope scope = {.sample = SAMPLE_ALL};
    const struct job_key middle = key_of("m", "org");

    (void)state;
    own_key_set(&scope.upto, &middle);
    assert_true(has(&scope, "a", "org"));
    assert_true(has(&scope, "m", "org"));
    assert_false(has(&scope, "m", "org2"));
    own_key_clear(&scope.upto);
    own_key_set(&scope.behind, &middle);
    assert_false(has(&scope, "a", "org"));
    assert_false(has(&scope, "m", "org"));
    assert_true(has(&scope, "m", "org2"));
    assert_true(has(&scope, "z", "org"));
}

// A sample is a part, always the same, and within each larger one.
static void test_samples(void **state)
{
    enum { JOBS = 10000 };
    const struct scope tenth = {.sample = SAMPLE_ALL / 10}, half = {.sample = SAMPLE_ALL / 2};
    int in_tenth = 0, in_half = 0;

    (void)state;
    for (int i = 0; i < JOBS; i++) {
        char job[16];

        snprintf(job, sizeof job, "job-%d", i);
        in_tenth += has(&tenth, job, "org");
        in_half += has(&half, job, "org");
        assert_true(!has(&tenth, job, "org") || has(&half, job, "org"));
    }
    assert_between(in_tenth, JOBS / 10 - JOBS / 50, JOBS / 10 + JOBS / 50);
    assert_between(in_half, JOBS / 2 - JOBS / 25, JOBS / 2 + JOBS / 25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_or_one_organisation),
        cmocka_unit_test(test_ranges_meet),
        cmocka_unit_test(test_samples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
