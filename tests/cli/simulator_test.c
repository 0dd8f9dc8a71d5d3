// SPDX-License-Identifier: Apache-2.0
// The simulator's events follow from its seed, are events that would be accepted, and tell whole
// jobs; its jobs obey commands that are theirs, and no others.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cli/emit/simulator.h"
#include "core/event.h"
#include "support/failing_malloc.h"

#define BEGIN_US (INT64_C(1700000000) * US_PER_SECOND)

static struct simulator *new_asking(uint64_t seed, uint64_t jobs, unsigned disorder,
                                    unsigned requests)
{
    struct simulator_options options = {.seed = seed,
                                        .jobs = jobs,
                                        .open_jobs = 20,
                                        .organizations = 3,
                                        .members = 5,
                                        .disorder_percent = disorder,
                                        .cancel_request_percent = requests};
    struct simulator *simulator;
    struct err err;

    assert_int_equal(simulator_new(&options, &simulator, &err), DONE);
    return simulator;
}

static struct simulator *new_simulator(uint64_t seed, uint64_t jobs, unsigned disorder)
{
    return new_asking(seed, jobs, disorder, 0);
}

static bool events_equal(const struct event *a, const struct event *b)
{
    return a->kind == b->kind && !uuid_compare(&a->id, &b->id) && a->attempt == b->attempt &&
           a->occurred_at_us == b->occurred_at_us && a->progress == b->progress &&
           a->cancellable == b->cancellable && a->has_command == b->has_command &&
           !uuid_compare(&a->command_id, &b->command_id) && slice_equal(a->job_id, b->job_id) &&
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

// What a test remembers of a job.
struct watched {
    char organization[64], job[64], creator[64];
    bool was_asked_about;
};

static void copy_text(char out[64], struct slice text)
{
    assert_true(text.size < 64);
    memcpy(out, text.data, text.size);
    out[text.size] = '\0';
}

static struct watched *find_watched(struct watched *jobs, size_t *count, const struct event *event)
{
    for (size_t i = 0; i < *count; i++)
        if (slice_equal(slice_of(jobs[i].job), event->job_id))
            return &jobs[i];
    copy_text(jobs[*count].organization, event->organization_id);
    copy_text(jobs[*count].job, event->job_id);
    return &jobs[(*count)++];
}

static void who_asks_changes_no_event(void **state)
{
    struct simulator *quiet = new_simulator(7, 100, 20), *asking = new_asking(7, 100, 20, 50);
    struct cancel_requested request;
    struct event a, b;
    int64_t now_us = BEGIN_US;
    size_t requests = 0;

    (void)state;
    while (simulator_next(quiet, ++now_us, &a)) {
        assert_true(simulator_next(asking, now_us, &b));
        assert_true(events_equal(&a, &b));
        assert_false(simulator_request(quiet, &request));
        requests += simulator_request(asking, &request);
    }
    assert_true(requests > 0);
    simulator_free(quiet);
    simulator_free(asking);
}

// A request as it should be: of a job's organisation, by its creator or another of its members.
static void check_request(const struct watched *job, const struct cancel_requested *request,
                          int64_t now_us, int *by_creator, int *by_another)
{
    assert_true(slice_equal(request->organization_id, slice_of(job->organization)));
    assert_true(request->requested_at_us == now_us);
    assert_false(slice_is_null(request->reason));
    assert_true(request->requester_id.size == strlen(job->creator));
    // "member-", the organisation's number, "-".
    assert_memory_equal(request->requester_id.data, job->creator, 10);
    if (slice_equal(request->requester_id, slice_of(job->creator)))
        (*by_creator)++;
    else
        (*by_another)++;
}

// percent of jobs, asked once each at most.
static void count_requests(unsigned percent, int *by_creator, int *by_another)
{
    static struct watched jobs[1000];
    struct simulator *simulator = new_asking(5, 1000, 0, percent);
    struct cancel_requested request;
    int64_t now_us = BEGIN_US;
    struct event event;
    size_t count = 0;

    memset(jobs, 0, sizeof jobs);
    *by_creator = *by_another = 0;
    while (simulator_next(simulator, ++now_us, &event)) {
        struct watched *job = find_watched(jobs, &count, &event);

        if (event.kind == JOB_CREATED)
            copy_text(job->creator, event.creator_id);
        if (!simulator_request(simulator, &request))
            continue;
        assert_true(slice_equal(request.job_id, event.job_id));
        assert_int_not_equal(event.kind, JOB_CREATED); // it runs, or has just ended
        assert_false(job->was_asked_about);
        job->was_asked_about = true; // nobody asks again
        check_request(job, &request, now_us, by_creator, by_another);
    }
    simulator_free(simulator);
}

static void as_many_jobs_are_asked_about_as_was_said(void **state)
{
    int by_creator, by_another;

    (void)state;
    count_requests(0, &by_creator, &by_another);
    assert_int_equal(by_creator + by_another, 0);
    count_requests(100, &by_creator, &by_another);
    assert_int_equal(by_creator + by_another, 1000);
    assert_true(by_creator > by_another && by_another > 0);
    count_requests(15, &by_creator, &by_another);
    assert_true(by_creator + by_another > 75 && by_creator + by_another < 300);
}

// A command for the job of an event, as jobtrail would write it.
static struct cancel_job command_for(const struct watched *job, int32_t attempt)
{
    return (struct cancel_job){.command_id = {{1, 2, 3}},
                               .organization_id = slice_of(job->organization),
                               .job_id = slice_of(job->job),
                               .attempt = attempt};
}

// Goes on until a job has begun its attempt, and says which.
static struct watched until_started(struct simulator *simulator, int32_t attempt)
{
    struct watched job = {0};
    struct event event;

    do
        assert_true(simulator_next(simulator, BEGIN_US, &event));
    while (event.kind != JOB_STARTED || event.attempt != attempt);
    copy_text(job.organization, event.organization_id);
    copy_text(job.job, event.job_id);
    return job;
}

// The job's next event.
static struct event next_of(struct simulator *simulator, const struct watched *job)
{
    struct event event;

    do
        assert_true(simulator_next(simulator, BEGIN_US, &event));
    while (!slice_equal(event.job_id, slice_of(job->job)));
    return event;
}

static void a_commanded_job_tells_next_that_it_was_cancelled(void **state)
{
    struct simulator *simulator = new_simulator(3, 300, 0);
    struct watched job = until_started(simulator, 1);
    struct cancel_job command = command_for(&job, 1);
    struct event event;

    (void)state;
    assert_true(simulator_command(simulator, &command));
    assert_true(simulator_command(simulator, &command)); // it may be published again
    event = next_of(simulator, &job);
    assert_int_equal(event.kind, JOB_CANCELLED);
    assert_int_equal(event.attempt, 1);
    assert_true(event.has_command);
    assert_memory_equal(&event.command_id, &command.command_id, UUID_BYTES);
    assert_false(simulator_command(simulator, &command)); // it is no longer open
    while (simulator_next(simulator, BEGIN_US, &event)) {
        assert_false(slice_equal(event.job_id, slice_of(job.job)));
        assert_false(event.has_command); // nobody else obeyed
    }
    assert_int_equal(simulator_jobs_done(simulator), 300);
    simulator_free(simulator);
}

static void ignores(struct simulator *simulator, const struct cancel_job *command)
{
    assert_false(simulator_command(simulator, command));
}

static void commands_for_anything_else_change_nothing(void **state)
{
    struct simulator *undisturbed = new_simulator(3, 300, 0), *simulator = new_simulator(3, 300, 0);
    struct watched job = until_started(simulator, 1), other = job, capitals = job;
    struct cancel_job command;
    struct event a, b;

    (void)state;
    until_started(undisturbed, 1);
    command = command_for(&job, 2);
    ignores(simulator, &command);
    command = command_for(&job, 0);
    ignores(simulator, &command);
    strcpy(other.organization, "organization-99");
    command = command_for(&other, 1);
    ignores(simulator, &command);
    command = command_for(&job, 1);
    command.organization_id.size--;
    ignores(simulator, &command);
    command.organization_id = SLICE_NULL;
    ignores(simulator, &command);
    command = command_for(&job, 1);
    command.job_id = SLICE_LITERAL("01234567-89ab-4cde-8f01-23456789abcd");
    ignores(simulator, &command);
    command.job_id = SLICE_LITERAL("j");
    ignores(simulator, &command);
    for (char *letter = capitals.job; *letter; letter++)
        *letter = (char)(*letter >= 'a' && *letter <= 'f' ? *letter - 'a' + 'A' : *letter);
    assert_string_not_equal(capitals.job, job.job);
    command = command_for(&capitals, 1);
    ignores(simulator, &command);
    while (simulator_next(undisturbed, BEGIN_US, &a)) {
        assert_true(simulator_next(simulator, BEGIN_US, &b));
        assert_true(events_equal(&a, &b));
    }
    simulator_free(undisturbed);
    simulator_free(simulator);
}

static void only_the_attempt_that_is_meant_stops(void **state)
{
    struct simulator *simulator = new_simulator(4, 0, 0);
    struct watched job = until_started(simulator, 2);
    struct cancel_job command = command_for(&job, 1);
    struct event event;

    (void)state;
    ignores(simulator, &command);
    command = command_for(&job, 2);
    assert_true(simulator_command(simulator, &command));
    event = next_of(simulator, &job);
    assert_int_equal(event.kind, JOB_CANCELLED);
    assert_int_equal(event.attempt, 2);
    simulator_free(simulator);
}

static void without_memory_there_is_no_simulator(void **state)
{
    struct simulator_options options = {
        .open_jobs = 1, .organizations = 1, .members = 1, .cancel_request_percent = 100};
    struct simulator *simulator = NULL;
    struct event event;
    struct err err;
    long n;

    (void)state;
    for (n = 1; n < 10; n++) {
        int rc;

        failing_malloc_after(n);
        rc = simulator_new(&options, &simulator, &err);
        if (!failing_malloc_happened())
            break;
        failing_malloc_never();
        assert_int_equal(rc, RETRY);
        assert_null(simulator);
    }
    assert_int_equal(n, 3);
    failing_malloc_after(1); // from now on it needs none
    for (int i = 0; i < 1000; i++)
        assert_true(simulator_next(simulator, BEGIN_US, &event));
    assert_false(failing_malloc_happened());
    failing_malloc_never();
    simulator_free(simulator);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_events),
        cmocka_unit_test(another_seed_gives_others),
        cmocka_unit_test(in_order_every_job_is_told_from_creation_to_end),
        cmocka_unit_test(every_event_would_be_accepted),
        cmocka_unit_test(disorder_is_as_much_as_was_asked_for),
        cmocka_unit_test(who_asks_changes_no_event),
        cmocka_unit_test(as_many_jobs_are_asked_about_as_was_said),
        cmocka_unit_test(a_commanded_job_tells_next_that_it_was_cancelled),
        cmocka_unit_test(commands_for_anything_else_change_nothing),
        cmocka_unit_test(only_the_attempt_that_is_meant_stops),
        cmocka_unit_test(without_memory_there_is_no_simulator),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
