// SPDX-License-Identifier: Apache-2.0
// Older records that were read, held against what the log has there now.
#include "serve/source/made_kafka.h"

#include <string.h>

#include "serve/made_message.h"
#include "support/failing_malloc.h"

static struct made_kafka kafka;
static struct kafka_message kept;

static struct read_record remembered(int64_t offset)
{
    return (struct read_record){offset, 5, record_hash(5, slice_of("key"), slice_of("as it was"))};
}

// The log has this record from every offset on that it keeps.
static void keep(int64_t offset, const char *value)
{
    kept = (struct kafka_message){.record = {.topic = slice_of(MADE_TOPIC),
                                             .offset = offset,
                                             .timestamp_ms = 5,
                                             .key = slice_of("key"),
                                             .value = slice_of(value)}};
    kafka.partitions[0].kept = &kept;
}

static int begin(void **state)
{
    (void)state;
    made_kafka_init(&kafka);
    kafka.partitions[0] = (struct made_partition){
        .is_stored = true,
        .position = {.next_offset = 41, .last_offset = 40},
        .high = 100,
        .checkpoints = {remembered(30), remembered(20), remembered(10)},
        .checkpoint_count = 3,
    };
    return 0;
}

static int check(struct err *err)
{
    const struct position_keeper positions = made_positions(&kafka);
    const struct record_reader reader = made_reader(&kafka);
    struct start_search search = {.source = made_source(0)};

    checkpoints_check(&positions, &reader, &search, 1);
    *err = search.err;
    return search.rc;
}

static void the_oldest_is_compared(void **state)
{
    struct err err;

    (void)state;
    keep(10, "as it was");
    assert_int_equal(check(&err), DONE);
    assert_string_equal(kafka.asked, "position 0, record 10, ");
    assert_true(kept.freed);
    assert_int_equal(kafka.rests, 1);
}

static void another_record_there_is_another_log(void **state)
{
    struct err err;

    (void)state;
    keep(10, "another");
    assert_int_equal(check(&err), FATAL);
    assert_string_equal(err.reason, "OTHER_RECORD");
    keep(11, "as it was"); // none stands at 10
    assert_int_equal(check(&err), FATAL);
    assert_string_equal(err.reason, "OTHER_RECORD");
}

static void what_expired_is_not_compared(void **state)
{
    struct err err;

    (void)state;
    keep(20, "as it was");
    kafka.partitions[0].low = 15;
    assert_int_equal(check(&err), DONE);
    assert_string_equal(kafka.asked, "position 0, record 10, record 20, ");
    keep(40, "another");
    kafka.partitions[0].low = 35;
    assert_int_equal(check(&err), FATAL);
    kafka.partitions[0].low = 50;
    assert_int_equal(check(&err), DONE);
}

static void without_checkpoints_the_last_record_is_compared(void **state)
{
    const struct read_record last = remembered(40);
    struct err err;

    (void)state;
    kafka.partitions[0].checkpoint_count = 0;
    kafka.partitions[0].position =
        (struct source_position){41, last.offset, last.timestamp_ms, last.hash};
    keep(40, "as it was");
    assert_int_equal(check(&err), DONE);
    keep(40, "another");
    assert_int_equal(check(&err), FATAL);
    assert_string_equal(err.reason, "OTHER_RECORD");
    assert_string_equal(kafka.asked, "position 0, record 40, position 0, record 40, ");
}

static void where_nothing_was_read_nothing_is_compared(void **state)
{
    struct err err;

    (void)state;
    kafka.partitions[0].checkpoint_count = 0;
    kafka.partitions[0].position.last_offset = -1;
    assert_int_equal(check(&err), DONE);
    kafka.partitions[0].is_stored = false;
    assert_int_equal(check(&err), DONE);
    assert_string_equal(kafka.asked, "position 0, position 0, ");
}

static void what_cannot_be_asked_is_no_verdict(void **state)
{
    struct err err;

    (void)state;
    keep(10, "another");
    kafka.failure[ASKED_RECORD] = (struct err){.disposition = RETRY, .reason = "AWAY"};
    assert_int_equal(check(&err), RETRY);
    assert_string_equal(err.reason, "AWAY");
    kafka.failure[ASKED_POSITION] = (struct err){.disposition = RETRY, .reason = "GONE"};
    assert_int_equal(check(&err), RETRY);
    assert_string_equal(err.reason, "GONE");
}

static void nor_is_a_lack_of_memory(void **state)
{
    struct err err;
    bool happened = true;
    int failures = -1;

    (void)state;
    for (long n = 1; happened; n++, failures++) {
        keep(10, "as it was");
        failing_malloc_after(n);
        assert_int_equal(check(&err) == DONE, n > 2);
        happened = failing_malloc_happened();
        failing_malloc_never();
    }
    assert_int_equal(failures, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_oldest_is_compared, begin),
        cmocka_unit_test_setup(another_record_there_is_another_log, begin),
        cmocka_unit_test_setup(what_expired_is_not_compared, begin),
        cmocka_unit_test_setup(without_checkpoints_the_last_record_is_compared, begin),
        cmocka_unit_test_setup(where_nothing_was_read_nothing_is_compared, begin),
        cmocka_unit_test_setup(what_cannot_be_asked_is_no_verdict, begin),
        cmocka_unit_test_setup(nor_is_a_lack_of_memory, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
