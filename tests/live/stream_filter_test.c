// SPDX-License-Identifier: Apache-2.0
// The stream shows of a set of jobs what a list of it shows: random scopes and filters, judged by
// SQL for the one and in C for the other. JOBTRAIL_CASES sets how many, JOBTRAIL_SEED which.
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/random.h"
#include "live/stream_filter.h"
#include "property/environment.h"
#include "store/reader/made_jobs.h"
#include "store/reader/reader_kit.h"

enum { CASES = 600, JOBS = 350 };

static void lower_text(struct job_reader *reader, struct job_filter *filter, char text[512])
{
    struct slice lower;
    struct err err;

    if (slice_is_null(filter->text))
        return;
    assert_int_equal(job_reader_lower(reader, filter->text, &lower, &err), DONE);
    assert_true(lower.size <= 512);
    filter->text = (struct slice){memcpy(text, lower.data, lower.size), lower.size};
}

static size_t count_passing(struct job_reader *reader, const struct made_jobs *jobs,
                            const struct job_scope *scope, const struct job_filter *filter,
                            bool expected[MADE_JOBS_MAX])
{
    struct slice ids[MADE_JOBS_MAX];
    const struct found_job *found;
    size_t count, passing = 0;
    struct err err;

    for (size_t i = 0; i < jobs->count; i++)
        ids[i] = jobs->rows[i].columns.key.job_id;
    assert_int_equal(
        job_reader_find(reader, scope->organization_id, ids, jobs->count, &found, &count, &err),
        DONE);
    for (size_t i = 0; i < count; i++) {
        enum stream_verdict verdict = stream_judge(scope, filter, &found[i], clock_now_us());
        bool is_listed = false;

        for (size_t j = 0; j < jobs->count; j++)
            if (!job_key_compare(&jobs->rows[j].columns.key, &found[i].job.columns.key))
                is_listed = expected[j];
        assert_int_equal(verdict == STREAM_PASSES, is_listed);
        passing += is_listed;
        if (verdict != STREAM_OUT_OF_SCOPE && !slice_is_null(scope->creator_id))
            assert_true(slice_equal(found[i].job.columns.creator_id, scope->creator_id));
    }
    return passing;
}

static void the_stream_shows_what_a_list_shows(void **state)
{
    static struct made_jobs jobs;
    uint64_t seed = number_from_environment("JOBTRAIL_SEED", random_u64() >> 16);
    uint64_t cases = number_from_environment("JOBTRAIL_CASES", CASES);
    struct dice dice = dice_from(seed);
    size_t list[MADE_JOBS_MAX], passed = 0;
    struct job_reader *reader;

    fprintf(stderr, "JOBTRAIL_SEED=%" PRIu64 "\n", seed);
    made_jobs_write(*state, &jobs, seed, JOBS);
    reader = reader_open(*state);
    for (uint64_t i = 0; i < cases; i++) {
        struct job_scope scope = made_scope(&dice);
        struct job_filter filter = made_filter(&dice);
        const struct job_page page = first_page(1);
        bool expected[MADE_JOBS_MAX] = {false};
        char text[512];
        size_t count = naive_list(&jobs, &scope, &filter, &page, list);

        for (size_t j = 0; j < count; j++)
            expected[list[j]] = true;
        lower_text(reader, &filter, text);
        assert_int_equal(count_passing(reader, &jobs, &scope, &filter, expected), count);
        passed += count;
    }
    assert_true(passed > cases); // it is not about nothing
    job_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_stream_shows_what_a_list_shows, harness_open,
                                        harness_close),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
