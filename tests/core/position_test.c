// SPDX-License-Identifier: Apache-2.0
// Whether the log is still the one that was read.
#include "core/made.h"

#include <stdlib.h>

#include "core/position.h"

static const struct source SOURCE = {SLICE_LITERAL("events"), 3};

// From 100 to before 200, of cluster "c1".
static struct log_bounds made_log(void)
{
    return (struct log_bounds){.low = 100, .high = 200, .cluster_id = SLICE_LITERAL("c1")};
}

static int judge(int64_t next_offset, int64_t last_offset, const char *cluster_id, int64_t *begin,
                 bool *expects_last, struct err *err)
{
    const struct source_position position = {.next_offset = next_offset,
                                             .last_offset = last_offset};
    const struct log_bounds log = made_log();

    return position_judge(&SOURCE, &position, slice_of(cluster_id), &log, begin, expects_last, err);
}

static void assert_begins(int64_t next_offset, int64_t last_offset, int64_t begin, bool expects)
{
    int64_t begins = -7;
    bool expects_last = !expects;
    struct err err;

    assert_int_equal(judge(next_offset, last_offset, "c1", &begins, &expects_last, &err), DONE);
    assert_int_equal(begins, begin);
    assert_int_equal(expects_last, expects);
}

static void assert_stops(int64_t next_offset, const char *cluster_id, const char *reason)
{
    int64_t begin;
    bool expects_last;
    struct err err;

    assert_int_equal(judge(next_offset, next_offset - 1, cluster_id, &begin, &expects_last, &err),
                     FATAL);
    assert_reason(err, reason);
    assert_non_null(strstr(err.text, "events[3]"));
    assert_non_null(strstr(err.text, "jobtrail positions set events 3 100"));
}

static void the_last_record_is_read_once_more_if_the_log_has_it(void **state)
{
    (void)state;
    assert_begins(150, 149, 149, true);
    assert_begins(150, 120, 120, true); // control records behind it
    assert_begins(101, 100, 100, true);
}

static void a_last_record_that_expired_is_not_expected(void **state)
{
    (void)state;
    assert_begins(100, 99, 100, false);
    assert_begins(100, -1, 100, false); // none was read yet
}

static void a_position_at_the_logs_end_is_fine_and_past_it_is_not(void **state)
{
    (void)state;
    assert_begins(200, 199, 199, true);
    assert_stops(201, "c1", "POSITION_PAST_END");
}

static void a_position_before_the_logs_beginning_stops(void **state)
{
    (void)state;
    assert_stops(99, "c1", "POSITION_EXPIRED");
}

static void another_cluster_stops_whatever_the_offsets(void **state)
{
    (void)state;
    assert_stops(150, "c2", "OTHER_CLUSTER");
    assert_stops(999, "c2", "OTHER_CLUSTER");
}

static void a_cluster_that_is_not_known_is_not_another(void **state)
{
    struct log_bounds log = made_log();
    const struct source_position position = {.next_offset = 150, .last_offset = 149};
    int64_t begin;
    bool expects_last;
    struct err err;

    (void)state;
    assert_int_equal(judge(150, 149, NULL, &begin, &expects_last, &err), DONE);
    log.cluster_id = SLICE_NULL;
    assert_int_equal(
        position_judge(&SOURCE, &position, SLICE_LITERAL("c2"), &log, &begin, &expects_last, &err),
        DONE);
}

// Slices end where they say, not at a NUL.
static void names_of_clusters_are_read_no_further_than_they_go(void **state)
{
    char *stored = malloc(2);
    const struct log_bounds log = made_log();
    const struct source_position position = {.next_offset = 150, .last_offset = 149};
    int64_t begin;
    bool expects_last;
    struct err err;

    (void)state;
    assert_non_null(stored);
    memcpy(stored, "c2", 2);
    assert_int_equal(position_judge(&SOURCE, &position, (struct slice){stored, 2}, &log, &begin,
                                    &expects_last, &err),
                     FATAL);
    assert_non_null(strstr(err.text, "from cluster c2, this is cluster c1"));
    free(stored);
}

static void the_record_that_was_read_is_recognised(void **state)
{
    const struct read_record expected = {.offset = 9, .timestamp_ms = 5, .hash = 6};
    struct read_record found = expected;
    struct err err;

    (void)state;
    assert_int_equal(position_compare(&SOURCE, &expected, &found, &err), DONE);
    found.hash++;
    assert_int_equal(position_compare(&SOURCE, &expected, &found, &err), FATAL);
    assert_reason(err, "OTHER_RECORD");
    assert_non_null(strstr(err.text, "offset 9"));
    found = expected;
    found.timestamp_ms++;
    assert_int_equal(position_compare(&SOURCE, &expected, &found, &err), FATAL);
}

static void assert_hash(int64_t timestamp_ms, struct slice key, struct slice value, uint64_t want)
{
    assert_true((uint64_t)record_hash(timestamp_ms, key, value) == want);
}

// Reckoned by another program. They are kept in databases: these numbers never change.
static void the_hash_is_what_it_always_was(void **state)
{
    (void)state;
    assert_hash(INT64_C(1577836800000), SLICE_LITERAL("job-1"), SLICE_LITERAL("\0value"),
                UINT64_C(0x9dbd846a26c996da));
    assert_hash(-1, SLICE_NULL, SLICE_NULL, UINT64_C(0x4d21b8586586b16d));
    assert_hash(-1, SLICE_LITERAL(""), SLICE_LITERAL(""), UINT64_C(0xe26a2a692e4c4f7d));
    assert_hash(0, SLICE_NULL, SLICE_LITERAL(""), UINT64_C(0x32261503319db47d));
}

static void the_hash_tells_where_key_and_value_part(void **state)
{
    (void)state;
    assert_true(record_hash(1, SLICE_LITERAL("ab"), SLICE_LITERAL("c")) !=
                record_hash(1, SLICE_LITERAL("a"), SLICE_LITERAL("bc")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_record_is_read_once_more_if_the_log_has_it),
        cmocka_unit_test(a_last_record_that_expired_is_not_expected),
        cmocka_unit_test(a_position_at_the_logs_end_is_fine_and_past_it_is_not),
        cmocka_unit_test(a_position_before_the_logs_beginning_stops),
        cmocka_unit_test(another_cluster_stops_whatever_the_offsets),
        cmocka_unit_test(a_cluster_that_is_not_known_is_not_another),
        cmocka_unit_test(names_of_clusters_are_read_no_further_than_they_go),
        cmocka_unit_test(the_record_that_was_read_is_recognised),
        cmocka_unit_test(the_hash_is_what_it_always_was),
        cmocka_unit_test(the_hash_tells_where_key_and_value_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
