// SPDX-License-Identifier: Apache-2.0
// The simulator's events follow from its seed, are events that would be accepted, and tell whole
// jobs.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cli/simulator.h"
#include "core/event.h"

#define BEGIN_US (INT64_C(1700000000) * US_PER_SECOND)

static struct simulator *new_simulator(uint64_t seed, uint64_t jobs, unsigned disorder)
{
    struct simulator_options options = {.seed = seed,
                                        .jobs = jobs,
                                        .open_jobs = 20,
                                        .organizations = 3,
                                        .members = 5,
                                        .disorder_percent = disorder};
    struct simulator *simulator;
    struct err err;

    assert_int_equal(simulator_new(&options, &simulator, &err), DONE);
    return simulator;
}

static bool events_equal(const struct event *a, const struct event *b)
{
    return a->kind == b->kind && !uuid_compare(&a->id, &b->id) && a->attempt == b->attempt &&
           a->occurred_at_us == b->occurred_at_us && a->progress == b->progress &&
           a->cancellable == b->cancellable && slice_equal(a->job_id, b->job_id) &&
           slice_equal(a->organization_id, b->organization_id) &&
           slice_equal(a->message, b->message) && slice_equal(a->type, b->type) &&
           slice_equal(a->creator_id, b->creator_id) && slice_equal(a->result_uri, b->result_uri) &&
           slice_equal(a->error_code, b->error_code) &&
           slice_equal(a->error_detail, b->error_detail);
}

static void the_same_seed_gives_the_same_events(void **state)
{
    struct simulator *one = new_simulator(7, 50, 20), *two = new_simulator(7, 50, 20);
    struct event a, b;
    int64_t now_us = BEGIN_US;
    bool more;

    (void)state;
    do {
        now_us += 1000;
        more = simulator_next(one, now_us, &a);
        assert_int_equal(simulator_next(two, now_us, &b), more);
        if (more)
            assert_true(events_equal(&a, &b));
    } while (more);
    simulator_free(one);
    simulator_free(two);
}

static void another_seed_gives_others(void **state)
{
    struct simulator *one = new_simulator(7, 5, 0), *two = new_simulator(8, 5, 0);
    struct event a, b;

    (void)state;
    assert_true(simulator_next(one, BEGIN_US, &a));
    assert_true(simulator_next(two, BEGIN_US, &b));
    assert_int_not_equal(uuid_compare(&a.id, &b.id), 0);
    simulator_free(one);
    simulator_free(two);
}

struct told {
    char job[64];
    int created, ended;
    int32_t attempt;
};

static struct told *find_told(struct told *jobs, size_t *count, struct slice job)
{
    for (size_t i = 0; i < *count; i++)
        if (slice_equal(slice_of(jobs[i].job), job))
            return &jobs[i];
    memcpy(jobs[*count].job, job.data, job.size);
    return &jobs[(*count)++];
}

static void in_order_every_job_is_told_from_creation_to_end(void **state)
{
    struct simulator *simulator = new_simulator(3, 300, 0);
    struct told *jobs = calloc(300, sizeof *jobs);
    int64_t now_us = BEGIN_US;
    size_t count = 0;
    struct event event;
    int kinds[EVENT_KINDS] = {0};

    (void)state;
    while (simulator_next(simulator, ++now_us, &event)) {
        struct told *job = find_told(jobs, &count, event.job_id);

        kinds[event.kind]++;
        assert_true(event.occurred_at_us == now_us);
        assert_int_equal(event.kind == JOB_CREATED, !job->created);
        job->created = 1;
        if (job->ended)
            assert_int_equal(event.attempt, job->attempt + 1); // tried again
        job->ended = event_kind_is_end(event.kind);
        job->attempt = event.attempt;
    }
    assert_int_equal(count, 300);
    assert_int_equal(simulator_jobs_done(simulator), 300);
    for (size_t i = 0; i < count; i++)
        assert_true(jobs[i].ended);
    for (size_t kind = 0; kind < EVENT_KINDS; kind++)
        assert_true(kinds[kind] > 0);
    free(jobs);
    simulator_free(simulator);
}

static void every_event_would_be_accepted(void **state)
{
    struct simulator *simulator = new_simulator(11, 200, 30);
    struct arena arena;
    struct event event;
    struct err err;

    (void)state;
    arena_init(&arena);
    while (simulator_next(simulator, BEGIN_US, &event))
        if (event_check(&event, BEGIN_US, &arena, &err))
            fail_msg("%s", err.text);
    arena_reset(&arena);
    simulator_free(simulator);
}

static int compare_ids(const void *a, const void *b)
{
    return uuid_compare(a, b);
}

// How many events come again, and how many come after a later one.
static void count_disorder(unsigned percent, size_t *again, size_t *late)
{
    static struct uuid ids[100000];
    struct simulator *simulator = new_simulator(5, 400, percent);
    int64_t now_us = BEGIN_US, latest_us = 0;
    size_t count = 0;
    struct event event;

    *again = *late = 0;
    while (simulator_next(simulator, ++now_us, &event)) {
        assert_true(count < sizeof ids / sizeof *ids);
        ids[count++] = event.id;
        *late += event.occurred_at_us < latest_us;
        latest_us = event.occurred_at_us > latest_us ? event.occurred_at_us : latest_us;
    }
    qsort(ids, count, sizeof *ids, compare_ids);
    for (size_t i = 1; i < count; i++)
        *again += !uuid_compare(&ids[i - 1], &ids[i]);
    assert_int_equal(simulator_jobs_done(simulator), 400);
    simulator_free(simulator);
}

static void disorder_is_as_much_as_was_asked_for(void **state)
{
    size_t again, late, more_again, more_late;

    (void)state;
    count_disorder(0, &again, &late);
    assert_int_equal(again, 0);
    assert_int_equal(late, 0);
    count_disorder(10, &again, &late);
    assert_true(again > 0 && late > 0);
    count_disorder(40, &more_again, &more_late);
    assert_true(more_again > again && more_late > late);
    count_disorder(100, &again, &late); // also that one ends
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_events),
        cmocka_unit_test(another_seed_gives_others),
        cmocka_unit_test(in_order_every_job_is_told_from_creation_to_end),
        cmocka_unit_test(every_event_would_be_accepted),
        cmocka_unit_test(disorder_is_as_much_as_was_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
