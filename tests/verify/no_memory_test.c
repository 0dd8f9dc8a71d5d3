// SPDX-License-Identifier: Apache-2.0
// Each allocation fails once: the answer is RETRY, and nothing leaks (the sanitizers see to that).
#include <stdio.h>

#include "core/each_allocation.h"
#include "verify/judge.h"
#include "verify/row_parts.h"

static struct err err;

// Many jobs, in room for a few: tables grow, references do, and room is made.
static int folding(void)
{
    struct scope scope = {.sample = SAMPLE_ALL};
    struct folded_jobs jobs;
    int rc = DONE;

    folded_jobs_init(&jobs, &scope, (size_t)64 * 1024);
    for (int i = 0; !rc && i < 60; i++) {
        char job[16];

        snprintf(job, sizeof job, "job-%02d", i);
        for (unsigned char k = 0; !rc && k < 6; k++) {
            struct event event = made_saying(JOB_STARTED, 1, 100 - k, k, "started");
            struct job_key key;

            event.job_id = slice_of(job);
            key = (struct job_key){event.organization_id, event.job_id};
            if (scope_has(&scope, &key))
                rc = folded_jobs_take(&jobs, &event, (struct event_ref){.offset = i}, &err);
        }
    }
    if (!rc)
        assert_true(own_key_is_set(&scope.upto));
    folded_jobs_clear(&jobs);
    return rc;
}

static int ignore(void *self, const struct part_difference *part, struct err *failure)
{
    (void)self, (void)part, (void)failure;
    return DONE;
}

static int judge_and_tell(const struct job_columns *stored, const struct row *row,
                          struct arena *arena)
{
    const struct parts_visitor visitor = {NULL, ignore};
    struct judgement judgement;
    int rc = judge_row(stored, row, false, arena, &judgement, &err);

    if (!rc) {
        const struct row_pair pair = {stored, &judgement.columns, judgement.stored,
                                      judgement.expected};

        assert_int_equal(judgement.verdict, ROW_DIFFERS);
        rc = row_parts_compare(&pair, NULL, &visitor, &err);
    }
    judgement_close(&judgement);
    return rc;
}

static int fold_into(struct row *row, const struct event *events, int count)
{
    bool changed = false;
    int rc = DONE;

    for (int i = 0; !rc && i < count; i++)
        rc = fold_event(row, &events[i], &changed, &err);
    return rc;
}

static int judging(void)
{
    const struct job_key key = {SLICE_LITERAL("org"), SLICE_LITERAL("job")};
    struct row *row = row_new(key, &err), *stored_row = row_new(key, &err);
    struct event life[MADE_LIFE];
    struct job_columns stored;
    struct arena arena;
    int rc = row && stored_row ? DONE : RETRY;

    made_life(life);
    arena_init(&arena);
    if (!rc)
        rc = fold_into(row, life, MADE_LIFE);
    if (!rc)
        rc = fold_into(stored_row, life, 2);
    if (!rc)
        rc = pack_row(stored_row, &arena, &stored, &err);
    if (!rc)
        rc = judge_and_tell(&stored, row, &arena);
    row_free(row);
    row_free(stored_row);
    arena_reset(&arena);
    return rc;
}

static void test_folding(void **state)
{
    (void)state;
    with_each_allocation_failing(folding, &err);
}

static void test_judging(void **state)
{
    (void)state;
    with_each_allocation_failing(judging, &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folding),
        cmocka_unit_test(test_judging),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
