// SPDX-License-Identifier: Apache-2.0
// Jobs that are folded again: the same rows as any fold gives, where their events were read, and
// what happens when there is no more room.
#include "verify/folded_jobs.h"

#include <stdio.h>

#include "core/made.h"
#include "support/between.h"

static struct err err;
static struct scope scope;

static void begin(struct folded_jobs *jobs, size_t bytes_max)
{
    scope = (struct scope){.sample = SAMPLE_ALL};
    folded_jobs_init(jobs, &scope, bytes_max);
}

static void take(struct folded_jobs *jobs, struct event event, int64_t offset)
{
    const struct event_ref where = {.offset = offset, .source = 1};

    assert_int_equal(folded_jobs_take(jobs, &event, where, &err), DONE);
}

static struct folded_job *find(const struct folded_jobs *jobs, const char *job)
{
    const struct job_key key = {SLICE_LITERAL("org"), slice_of(job)};

    return folded_jobs_find(jobs, &key);
}

static void assert_offset(const struct folded_job *job, unsigned char id, int64_t offset)
{
    const struct uuid uuid = {.bytes[0] = id};
    const struct event_ref *ref = folded_job_ref(job, &uuid);

    assert_non_null(ref);
    assert_int_equal(ref->offset, offset);
    assert_int_equal(ref->source, 1);
}

static void test_a_life_is_folded_and_its_events_are_found(void **state)
{
    struct event life[MADE_LIFE];
    struct row *row = made_row();
    struct folded_jobs jobs;
    struct folded_job *job;

    (void)state;
    begin(&jobs, SIZE_MAX);
    made_life(life);
    for (int i = 0; i < MADE_LIFE; i++) {
        folded(row, life[i]);
        take(&jobs, life[i], 100 + i);
        take(&jobs, life[i], 200 + i); // the same once more is no news
    }
    job = find(&jobs, "job");
    assert_non_null(job);
    assert_same_row(job->row, row);
    for (unsigned char i = 0; i < MADE_LIFE; i++)
        assert_offset(job, life[i].id.bytes[0], 100 + i);
    assert_int_equal(job->slots[REF_ATTEMPT].offset, 100);
    assert_int_equal(job->slots[REF_TICK].offset, 102);
    assert_int_equal(job->slots[REF_STATEMENT].offset, 102);
    assert_int_equal(job->slots[REF_TIME].offset, 103);
    assert_null(find(&jobs, "other"));
    folded_jobs_clear(&jobs);
    assert_int_equal(jobs.bytes, 0);
    row_free(row);
}

// A higher attempt decides everything that belongs to one.
static void test_a_later_attempt_forgets_what_decided_before(void **state)
{
    struct folded_jobs jobs;
    struct folded_job *job;

    (void)state;
    begin(&jobs, SIZE_MAX);
    take(&jobs, made_tick(1, 1, 1, 50), 10);
    take(&jobs, made(JOB_STARTED, 2, 2, 2), 11);
    job = find(&jobs, "job");
    assert_int_equal(job->slots[REF_ATTEMPT].offset, 11);
    assert_false(job->has_slot[REF_TICK]);
    take(&jobs, made_tick(3, 3, 3, 50), 12); // as far as the first attempt was
    assert_true(job->has_slot[REF_TICK]);
    take(&jobs, made_tick(4, 3, 4, 50), 13);
    assert_int_equal(job->slots[REF_TICK].offset, 13);
    folded_jobs_clear(&jobs);
}

// References stay few, and those of the history stay.
static void test_many_events_of_one_job(void **state)
{
    enum { STARTS = 250 };
    struct folded_jobs jobs;
    struct folded_job *job;
    struct event best;

    (void)state;
    begin(&jobs, SIZE_MAX);
    for (int i = 0; i < STARTS; i++) // each earlier than all before: each decides
        take(&jobs, made(JOB_STARTED, 1, STARTS - i, (unsigned char)i), i);
    job = find(&jobs, "job");
    assert_true(job->ref_count <= 64);
    for (int place = 0; place < HISTORY_SET_MAX; place++) {
        best = history_event(&job->row->history, HISTORY_STARTS, place);
        assert_offset(job, best.id.bytes[0], STARTS - 1 - place);
    }
    folded_jobs_clear(&jobs);
}

static void test_without_room_the_last_jobs_are_left_to_another_pass(void **state)
{
    enum { JOBS = 1000, ROOM = 200 * 1024 };
    struct folded_jobs jobs;
    size_t kept, found = 0;
    char last[16];

    (void)state;
    begin(&jobs, ROOM);
    for (int i = 0; i < JOBS; i++) {
        struct event event = made_creation(i, 1, "ann");
        const int number = i * 617 % JOBS; // in no order
        struct job_key key;
        char job[16];

        snprintf(job, sizeof job, "job-%04d", number);
        event.job_id = slice_of(job);
        key = (struct job_key){event.organization_id, event.job_id};
        if (scope_has(&scope, &key))
            take(&jobs, event, i);
        assert_true(jobs.bytes <= ROOM);
    }
    kept = folded_jobs_count(&jobs);
    assert_between(kept, 20, JOBS - 1);
    assert_true(own_key_is_set(&scope.upto));
    // Every job up to the last of the range is there, and no other.
    snprintf(last, sizeof last, "%.*s", (int)scope.upto.key.job_id.size,
             scope.upto.key.job_id.data);
    for (int i = 0; i < JOBS; i++) {
        char job[16];

        snprintf(job, sizeof job, "job-%04d", i);
        assert_int_equal(find(&jobs, job) != NULL, strcmp(job, last) <= 0);
        found += find(&jobs, job) != NULL;
    }
    assert_int_equal(found, kept);
    folded_jobs_clear(&jobs);
}

static void test_one_job_alone_stays_however_large(void **state)
{
    struct folded_jobs jobs;

    (void)state;
    begin(&jobs, 1);
    take(&jobs, made_creation(1, 1, "ann"), 1);
    take(&jobs, made(JOB_STARTED, 1, 2, 2), 2);
    assert_int_equal(folded_jobs_count(&jobs), 1);
    assert_false(own_key_is_set(&scope.upto));
    folded_jobs_clear(&jobs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_life_is_folded_and_its_events_are_found),
        cmocka_unit_test(test_a_later_attempt_forgets_what_decided_before),
        cmocka_unit_test(test_many_events_of_one_job),
        cmocka_unit_test(test_without_room_the_last_jobs_are_left_to_another_pass),
        cmocka_unit_test(test_one_job_alone_stays_however_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
