// SPDX-License-Identifier: Apache-2.0
// Pages of random jobs under random filters, forth and back, against a naive sort of the same jobs;
// for the sorts whose keys do not change, also while the jobs go on between the pages.
// JOBTRAIL_CASES sets how many lists, JOBTRAIL_SEED which.
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/random.h"
#include "property/environment.h"
#include "store/reader/made_jobs.h"
#include "store/reader/reader_kit.h"

enum { CASES = 400, JOBS = 350 };

// A cursor outlives the answer that it came with.
struct kept_cursor {
    struct job_cursor cursor;
    char text[512], job_id[256];
};

static void keep_cursor(struct kept_cursor *kept, const struct job_cursor *cursor)
{
    kept->cursor = *cursor;
    assert_true(cursor->text.size <= sizeof kept->text);
    assert_true(cursor->job_id.size <= sizeof kept->job_id);
    if (cursor->text.data)
        kept->cursor.text.data = memcpy(kept->text, cursor->text.data, cursor->text.size);
    kept->cursor.job_id.data = memcpy(kept->job_id, cursor->job_id.data, cursor->job_id.size);
}

struct world {
    struct harness *harness;
    struct made_jobs *jobs;
    struct job_reader *reader;
    bool moves; // jobs go on between pages
};

static void check_job(const struct viewed_job *got, const struct row_write *wanted, bool moves)
{
    struct job_columns columns = wanted->columns;

    columns.state = columns.history = SLICE_NULL;
    if (moves)
        assert_true(slice_equal(got->columns.key.job_id, columns.key.job_id));
    else if (!harness_columns_equal(&got->columns, &columns))
        fail_msg("%.*s came instead of %.*s, or with other columns",
                 (int)got->columns.key.job_id.size, got->columns.key.job_id.data,
                 (int)columns.key.job_id.size, columns.key.job_id.data);
}

// before: how many stand before the page, or before the cursor on the way back.
static void check_before(const struct world *world, const struct job_scope *scope,
                         const struct job_filter *filter, const struct job_page *page,
                         size_t before)
{
    bool counted = page->after.known && page->sort == SORT_CREATED && !filter->text.data;
    struct err err = {0};
    int64_t got;

    if (job_reader_count_before(world->reader, scope, filter, page, &got, &err))
        fail_msg("before: %s: %s", err.reason, err.text);
    assert_int_equal(got, counted ? (int64_t)before : -1);
}

// Walks all pages in one direction and holds each job against the list.
static void walk(const struct world *world, const struct job_scope *scope,
                 const struct job_filter *filter, struct job_page page, const size_t *expected,
                 size_t count)
{
    struct kept_cursor cursor;
    size_t seen = 0;

    for (;;) {
        struct viewed_jobs got;
        struct err err = {0};

        check_before(world, scope, filter, &page, page.backwards ? count - seen : seen);
        if (job_reader_list(world->reader, scope, filter, &page, &got, &err))
            fail_msg("list: %s: %s", err.reason, err.text);
        assert_true(got.count <= page.limit && seen + got.count <= count);
        assert_false(got.bounded);
        assert_int_equal(got.more, seen + got.count < count);
        for (size_t i = 0; i < got.count; i++) {
            size_t place = page.backwards ? count - seen - got.count + i : seen + i;

            check_job(&got.jobs[i], &world->jobs->rows[expected[place]], world->moves);
        }
        seen += got.count;
        if (!got.more)
            break;
        assert_int_equal(got.count, page.limit);
        keep_cursor(&cursor, &got.jobs[page.backwards ? 0 : got.count - 1].cursor);
        page.after = cursor.cursor;
        if (world->moves)
            made_jobs_go_on(world->harness, world->jobs);
    }
    assert_int_equal(seen, count);
}

static void check_count(const struct world *world, const struct job_scope *scope,
                        const struct job_filter *filter, size_t count)
{
    struct job_total total;
    struct err err = {0};

    if (job_reader_count(world->reader, scope, filter, &total, &err))
        fail_msg("count: %s: %s", err.reason, err.text);
    assert_true(total.exact);
    assert_int_equal(total.count, count);
}

// As the service judges it: running, and last heard of longer ago than its type may keep still.
static bool is_silent(const struct job_columns *job, const struct job_waits *waits)
{
    int64_t after_us = waits->after_us;

    for (size_t i = 0; i < waits->type_count; i++)
        if (slice_equal(waits->types[i], job->type))
            after_us = waits->after_us_of[i];
    return job->status == STATUS_RUNNING && after_us && job->updated_at_us != TIME_NONE &&
           waits->now_us > job->updated_at_us + after_us;
}

static void check_state_counts(const struct world *world, const struct job_scope *scope,
                               const struct job_filter *filter, struct dice *dice,
                               const size_t *expected, size_t count)
{
    const struct slice types[] = {SLICE_LITERAL("Load"), SLICE_LITERAL("Seed")};
    const int64_t after_us_of[] = {dice_percent(dice, 50) ? 0 : US_PER_SECOND,
                                   (int64_t)dice_between(dice, 1, 1000000) * US_PER_SECOND};
    struct job_waits waits = {.now_us = clock_now_us(),
                              .after_us = dice_percent(dice, 30) ? 0 : 60 * US_PER_SECOND,
                              .types = types,
                              .after_us_of = after_us_of,
                              .type_count = dice_below(dice, 3)};
    struct job_counts counts;
    struct err err = {0};

    if (job_reader_state_counts(world->reader, scope, filter, &waits, &counts, &err))
        fail_msg("counts: %s: %s", err.reason, err.text);
    assert_false(counts.bounded || counts.open_unknown);
    for (size_t i = 0; i < count; i++) {
        const struct job_columns *job = &world->jobs->rows[expected[i]].columns;

        counts.in_status[job->status]--;
        counts.silent -= is_silent(job, &waits);
    }
    for (int status = 0; status < JOB_STATUSES; status++)
        assert_int_equal(counts.in_status[status], 0);
    assert_int_equal(counts.silent, 0);
    assert_true(counts.unanswered == 0 && counts.overtaken == 0);
}

// The steps of a period are counted as the list has them.
static void check_timeline(const struct world *world, const struct job_scope *scope,
                           const struct job_filter *filter, struct dice *dice,
                           const size_t *expected, size_t count)
{
    struct job_period period = {.from_us = INT64_C(1700000000123456) +
                                           (int64_t)dice_below(dice, 3) * 1000001 -
                                           (int64_t)dice_below(dice, 2),
                                .step_s = (int64_t)dice_between(dice, 1, 3)};
    struct job_timeline timeline;
    struct err err = {0};

    period.to_us = period.from_us + (int64_t)dice_below(dice, 9000003);
    if (job_reader_timeline(world->reader, scope, filter, &period, &timeline, &err))
        fail_msg("timeline: %s: %s", err.reason, err.text);
    assert_true(timeline.uncounted_to_us == TIME_NONE);
    for (size_t i = 0; i < count; i++) {
        const struct job_columns *job = &world->jobs->rows[expected[i]].columns;

        if (job->created_at_us != TIME_NONE && job->created_at_us >= period.from_us &&
            job->created_at_us <= period.to_us)
            timeline.in_status[(job->created_at_us - period.from_us) /
                               (period.step_s * US_PER_SECOND)][job->status]--;
    }
    for (size_t step = 0; step < TIMELINE_STEPS_MAX; step++)
        for (int status = 0; status < JOB_STATUSES; status++)
            assert_int_equal(timeline.in_status[step][status], 0);
}

static void one_list(const struct world *world, struct dice *dice)
{
    size_t expected[MADE_JOBS_MAX];
    struct job_scope scope = made_scope(dice);
    struct job_filter filter = made_filter(dice);
    struct job_page page = {.sort = (enum job_sort)dice_below(dice, JOB_SORTS),
                            .descending = dice_percent(dice, 50),
                            .limit = dice_between(dice, 1, 60)};
    size_t count;

    if (world->moves) { // what moves must not decide who is in the list, or where
        page.sort = dice_percent(dice, 50) ? SORT_CREATED : SORT_ID;
        page.limit += 20;
        filter.statuses = 0;
        filter.min_duration_s = filter.max_duration_s = -1;
        filter.moments[MOMENT_FINISHED] = filter.moments[MOMENT_UPDATED] =
            (struct job_span){TIME_NONE, TIME_NONE};
        filter.text = SLICE_NULL;
    }
    count = naive_list(world->jobs, &scope, &filter, &page, expected);
    check_count(world, &scope, &filter, count);
    check_state_counts(world, &scope, &filter, dice, expected, count);
    check_timeline(world, &scope, &filter, dice, expected, count);
    walk(world, &scope, &filter, page, expected, count);
    page.backwards = true;
    walk(world, &scope, &filter, page, expected, count);
}

static void run(struct harness *harness, bool moves, uint64_t cases)
{
    static struct made_jobs jobs;
    uint64_t seed = number_from_environment("JOBTRAIL_SEED", random_u64() >> 16);
    struct dice dice = dice_from(seed);
    struct world world = {harness, &jobs, NULL, moves};

    fprintf(stderr, "JOBTRAIL_SEED=%" PRIu64 "\n", seed);
    made_jobs_write(harness, &jobs, seed, JOBS);
    world.reader = reader_open(harness);
    for (uint64_t i = 0; i < cases; i++)
        one_list(&world, &dice);
    job_reader_free(world.reader);
}

static void pages_together_are_the_sorted_list(void **state)
{
    run(*state, false, number_from_environment("JOBTRAIL_CASES", CASES));
}

static void nothing_is_lost_or_seen_twice_while_jobs_go_on(void **state)
{
    run(*state, true, number_from_environment("JOBTRAIL_CASES", CASES) / 10 + 1);
}

// Whatever a cursor says, it is a place in the order.
static void a_cursor_of_nobody_is_as_good(void **state)
{
    static const int64_t numbers[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 5, INT64_MAX - 1, INT64_MAX};
    static struct made_jobs jobs;
    struct harness *harness = *state;
    struct job_reader *reader;
    struct job_scope scope = scope_of("acme", NULL);
    struct job_filter filter = no_filter();

    made_jobs_write(harness, &jobs, 1, 20);
    reader = reader_open(harness);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (enum job_sort sort = 0; sort < JOB_SORTS; sort++) {
            struct job_page page = {
                .sort = sort, .limit = 5, .after = {.known = true, .number = numbers[i]}};

            listed(reader, &scope, &filter, &page);
        }
    job_reader_free(reader);
}

// What runs is measured until the moment of the cursor: on a later page a job that ran for less
// than another had taken is not taken for one that ran for longer.
static void pages_by_duration_are_of_one_moment(void **state)
{
    struct harness *harness = *state;
    struct row_write rows[] = {harness_row("acme", "runs", 1), harness_row("acme", "took-long", 1),
                               harness_row("acme", "unstarted", 1)};
    struct job_scope scope = scope_of("acme", NULL);
    struct job_filter filter = no_filter();
    struct job_page page = {.sort = SORT_DURATION, .descending = true, .limit = 1};
    int64_t start_us = INT64_C(1700000000000000);
    struct job_reader *reader;

    rows[0].columns.status = STATUS_RUNNING;
    rows[0].columns.finished_at_us = rows[2].columns.finished_at_us = TIME_NONE;
    rows[0].columns.started_at_us = rows[1].columns.started_at_us = start_us;
    rows[1].columns.finished_at_us = start_us + 100 * US_PER_SECOND;
    rows[1].columns.status = STATUS_SUCCESSFUL;
    rows[2].columns.started_at_us = TIME_NONE;
    rows[2].columns.status = STATUS_ACCEPTED;
    harness_written(harness->store, &(struct batch_write){.rows = rows, .row_count = 3});
    reader = reader_open(harness);
    assert_string_equal(listed(reader, &scope, &filter, &page), "runs");
    page.after = (struct job_cursor){.known = true,
                                     .number = 100 * US_PER_SECOND,
                                     .job_id = SLICE_LITERAL("took-long"),
                                     .as_of_us = start_us + 50 * US_PER_SECOND};
    assert_string_equal(listed(reader, &scope, &filter, &page), "runs");
    page.after.number = 50 * US_PER_SECOND;
    page.after.job_id = SLICE_LITERAL("runs");
    assert_string_equal(listed(reader, &scope, &filter, &page), "unstarted");
    page.descending = false;
    page.after.number = -1;
    page.after.job_id = SLICE_LITERAL("unstarted");
    assert_string_equal(listed(reader, &scope, &filter, &page), "runs");
    page.after.as_of_us = INT64_MAX;
    listed(reader, &scope, &filter, &page);
    job_reader_free(reader);
}

static void a_status_has_the_same_name_in_sql(void **state)
{
    const struct harness *harness = *state;

    for (int status = 0; status < JOB_STATUSES; status++) {
        char sql[64];

        snprintf(sql, sizeof sql, "SELECT jobtrail.status_name(%d::smallint)", status);
        assert_string_equal(harness_value(harness->side, sql),
                            job_status_name((enum job_status)status));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(pages_together_are_the_sorted_list),
        TEST(nothing_is_lost_or_seen_twice_while_jobs_go_on),
        TEST(a_cursor_of_nobody_is_as_good),
        TEST(pages_by_duration_are_of_one_moment),
        TEST(a_status_has_the_same_name_in_sql),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
