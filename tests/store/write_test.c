// SPDX-License-Identifier: Apache-2.0
// What a batch writes is what is read back: new, known and mixed rows, totals, change, positions,
// log ends and dead letters.
#include "store/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void new_rows_are_read_back_equal(void **state)
{
    struct harness *harness = *state;
    struct row_write rows[] = {harness_row("acme", "a", 11), harness_row("acme", "b", INT64_MIN)};
    struct job_key keys[] = {
        rows[0].columns.key, rows[1].columns.key, {slice_of("x"), slice_of("c")}};
    const struct stored_row *found;

    rows[1].columns.status = STATUS_FAILED;
    rows[1].columns.error_code = slice_of("E1");
    rows[1].columns.error_detail = slice_of("");
    rows[1].columns.progress = PROGRESS_NONE;
    rows[1].columns.type = rows[1].columns.creator_id = SLICE_NULL;
    rows[1].columns.message = SLICE_NULL;
    rows[1].columns.created_at_us = rows[1].columns.started_at_us = TIME_NONE;
    rows[1].columns.finished_at_us = INT64_C(946684799999999); // before PostgreSQL's zero
    harness_written(harness->store, &(struct batch_write){.rows = rows, .row_count = 2});
    found = harness_read(harness->store, keys, 3, false, 2);
    for (size_t i = 0; i < 2; i++) {
        size_t which = found[i].revision == 11 ? 0 : 1;

        assert_true(harness_columns_equal(&found[i].columns, &rows[which].columns));
        assert_int_equal(found[i].revision, rows[which].revision);
    }
    assert_string_equal(harness_value(harness->side,
                                      "SELECT string_agg(status, ',' ORDER BY job_id)"
                                      " FROM jobtrail.job"),
                        "running,failed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(new_rows_are_read_back_equal, harness_open, harness_close),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
