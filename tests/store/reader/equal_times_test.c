// SPDX-License-Identifier: Apache-2.0
// Jobs whose sort keys are all equal: the id alone decides, byte by byte, in both directions, and
// each page begins behind the last job of the one before. Some have ended, some run.
#include <stdio.h>

#include "store/reader/reader_kit.h"

enum { JOBS = 6 };

static const char *const upwards[JOBS] = {"10", "9", "B", "a", "b", "\xc3\xa9"};
static const enum job_sort sorts[] = {SORT_CREATED, SORT_ID,       SORT_UPDATED, SORT_TYPE,
                                      SORT_MESSAGE, SORT_PROGRESS, SORT_STARTED};

static void fill(struct harness *harness)
{
    struct row_write rows[JOBS];

    for (size_t i = 0; i < JOBS; i++) {
        rows[i] = harness_row("acme", upwards[i], 1);
        if (i % 2)
            continue;
        rows[i].columns.status = STATUS_SUCCESSFUL;
        rows[i].columns.finished_at_us = rows[i].columns.updated_at_us;
    }
    harness_written(harness->store, &(struct batch_write){.rows = rows, .row_count = JOBS});
}

// The place of the n-th job in an order.
static const char *nth(size_t n, bool descending)
{
    return upwards[descending ? JOBS - 1 - n : n];
}

static void check_page(struct job_reader *reader, const struct job_page *page, size_t from,
                       size_t count, struct job_cursor *first, struct job_cursor *last)
{
    const struct job_scope acme = scope_of("acme", NULL);
    const struct job_filter filter = no_filter();
    static char ids[2][8], texts[2][64];
    struct job_cursor *const kept[] = {first, last};
    struct viewed_jobs jobs;
    struct err err = {0};

    if (job_reader_list(reader, &acme, &filter, page, &jobs, &err))
        fail_msg("list: %s: %s", err.reason, err.text);
    assert_int_equal(jobs.count, count);
    for (size_t i = 0; i < count; i++)
        if (!slice_equal(jobs.jobs[i].columns.key.job_id,
                         slice_of(nth(from + i, page->descending))))
            fail_msg("sort %d, %s: %.*s at %zu", (int)page->sort, page->descending ? "down" : "up",
                     (int)jobs.jobs[i].columns.key.job_id.size,
                     jobs.jobs[i].columns.key.job_id.data, from + i);
    for (size_t i = 0; i < 2; i++) { // they outlive the answer
        *kept[i] = jobs.jobs[i ? count - 1 : 0].cursor;
        snprintf(ids[i], sizeof ids[i], "%.*s", (int)kept[i]->job_id.size, kept[i]->job_id.data);
        snprintf(texts[i], sizeof texts[i], "%.*s", (int)kept[i]->text.size,
                 kept[i]->text.size ? kept[i]->text.data : "");
        kept[i]->job_id.data = ids[i];
        if (kept[i]->text.data)
            kept[i]->text.data = texts[i];
    }
}

static void walk(struct job_reader *reader, enum job_sort sort, bool descending, size_t limit)
{
    struct job_page page = {.sort = sort, .descending = descending, .limit = limit};
    struct job_cursor first, last;

    for (size_t at = 0; at < JOBS; at += limit) {
        check_page(reader, &page, at, limit, &first, &last);
        page.after = last;
    }
    page.backwards = true;
    for (size_t at = JOBS - limit; at >= limit; at -= limit) {
        page.after = first;
        check_page(reader, &page, at - limit, limit, &first, &last);
    }
    // Without a cursor backwards is from the end.
    page.after = (struct job_cursor){0};
    check_page(reader, &page, JOBS - limit, limit, &first, &last);
}

static void the_id_decides_in_both_directions(void **state)
{
    struct harness *harness = *state;
    struct job_reader *reader = reader_open(harness);

    fill(harness);
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
        for (size_t limit = 1; limit <= 3; limit++) {
            walk(reader, sorts[i], false, limit);
            walk(reader, sorts[i], true, limit);
        }
    job_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_id_decides_in_both_directions, harness_open,
                                        harness_close),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
