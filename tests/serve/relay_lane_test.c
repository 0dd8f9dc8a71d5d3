// SPDX-License-Identifier: Apache-2.0
// What a lane lets through, and what it makes of the producer's reports.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/clock.h"
#include "serve/process/meters.h"
#include "serve/relay/relay_lane.h"
#include "support/between.h"

// Later than any time of the monotonic clock at which a lane backs off until.
#define LATER_US INT64_MAX

enum { RECORDS = 4, BYTES = 100 };

static const struct err too_large = {.disposition = FATAL, .reason = "RECORD_TOO_LARGE"};
static const struct err gone = {.disposition = RETRY, .reason = "BROKERS_UNREACHABLE"};

static struct lane *open_lane(void)
{
    struct lane *lane = malloc(sizeof *lane);
    struct metrics *metrics;
    struct err err;

    assert_non_null(lane);
    assert_int_equal(meters_new(&metrics, &err), DONE);
    lane_init(lane, OUTBOX_COMMAND, "commands", metrics, RECORDS, BYTES);
    return lane;
}

static void close_lane(struct lane *lane)
{
    metrics_free(lane->metrics);
    free(lane);
}

static struct flight *take(struct lane *lane, int64_t id)
{
    struct flight *flight = lane_take(lane, id, TIME_NONE, 10);

    assert_non_null(flight);
    return flight;
}

static int64_t metric(const struct lane *lane, enum meter meter)
{
    return metrics_read(lane->metrics, meter, lane->kind, 0);
}

static void it_is_bounded_in_number_and_bytes(void **state)
{
    struct lane *lane = open_lane();
    struct flight *large;

    (void)state;
    assert_int_equal(lane_room(lane, LATER_US), RECORDS);
    for (int64_t id = 1; id <= RECORDS; id++)
        take(lane, id);
    assert_true(lane_is_full(lane));
    assert_int_equal(lane_room(lane, LATER_US), 0);
    assert_null(lane_take(lane, 9, TIME_NONE, 1));
    lane_forget_sent(lane);
    large = lane_take(lane, 9, TIME_NONE, BYTES);
    assert_non_null(large);
    assert_int_equal(lane_room(lane, LATER_US), 0);
    flight_reported(large, NULL);
    assert_int_equal(lane_room(lane, LATER_US), RECORDS - 1);
    close_lane(lane);
}

static void what_is_delivered_is_kept_until_it_is_marked(void **state)
{
    struct lane *lane = open_lane();
    int64_t ids[LANE_RECORDS_MAX];

    (void)state;
    take(lane, 1);
    flight_reported(take(lane, 2), NULL);
    assert_int_equal(lane_taken_ids(lane, ids), 2);
    assert_int_equal(lane_delivered_ids(lane, ids), 1);
    assert_int_equal(ids[0], 2);
    // A producer that is given up takes nothing back that was acknowledged.
    lane_forget_sent(lane);
    assert_int_equal(lane_taken_ids(lane, ids), 1);
    lane_forget_delivered(lane);
    assert_int_equal(lane_taken_ids(lane, ids), 0);
    assert_int_equal(lane_room(lane, LATER_US), RECORDS);
    assert_int_equal(metric(lane, METER_RELAY_PUBLISHED), 1);
    close_lane(lane);
}

static void a_wave_of_failures_backs_off_once(void **state)
{
    struct lane *lane = open_lane();
    struct flight *flights[3];
    int64_t ids[LANE_RECORDS_MAX];

    (void)state;
    for (int i = 0; i < 3; i++)
        flights[i] = take(lane, i + 1);
    for (int i = 0; i < 3; i++)
        flight_reported(flights[i], &gone);
    assert_int_equal(lane->failures, 1);
    assert_int_equal(lane_room(lane, lane->retry_at_us - 1), 0);
    assert_int_equal(lane_room(lane, lane->retry_at_us), RECORDS);
    assert_true(lane->may_have_more);
    assert_int_equal(lane_taken_ids(lane, ids), 0);
    assert_int_equal(metric(lane, METER_RELAY_FAILURES), 3);
    close_lane(lane);
}

// The broker refuses whole batches: which record it meant shows when each goes alone.
static void only_who_was_alone_is_believed_to_be_refused(void **state)
{
    struct lane *lane = open_lane();
    struct flight *first = take(lane, 1), *second = take(lane, 2);

    (void)state;
    flight_reported(first, &too_large);
    assert_int_equal(lane->refused_id, 0);
    assert_int_equal(lane_room(lane, LATER_US), 0); // another is still under way
    flight_reported(second, &too_large);
    assert_int_equal(lane_room(lane, LATER_US), 1);
    flight_reported(take(lane, 1), NULL);
    assert_int_equal(lane_room(lane, LATER_US), 0);
    lane_forget_delivered(lane);
    assert_int_equal(lane_room(lane, LATER_US), 1);
    flight_reported(take(lane, 2), &too_large);
    assert_int_equal(lane->refused_id, 2);
    assert_string_equal(lane->refusal.reason, "RECORD_TOO_LARGE");
    assert_int_equal(lane_room(lane, LATER_US), 0); // until it is marked
    lane->refused_id = 0;
    assert_int_equal(lane_room(lane, LATER_US), RECORDS);
    close_lane(lane);
}

static void a_failure_is_no_refusal(void **state)
{
    struct lane *lane = open_lane();
    const struct err fatal = {.disposition = FATAL, .reason = "KAFKA_FATAL"};

    (void)state;
    flight_reported(take(lane, 1), &too_large);
    flight_reported(take(lane, 1), &fatal);
    flight_reported(take(lane, 1), &gone);
    assert_int_equal(lane->refused_id, 0);
    assert_int_equal(lane->to_send_alone, 1);
    close_lane(lane);
}

static bool stands_still(const struct lane *lane, int64_t after_us, char text[200])
{
    struct buffer reasons;
    bool stands;

    buffer_init(&reasons);
    stands = lane_stands_still(lane, clock_monotonic_us() + after_us, &reasons);
    assert_between(reasons.size, 0, 199);
    memcpy(text, reasons.data ? reasons.data : "", reasons.size);
    text[reasons.size] = '\0';
    buffer_free(&reasons);
    return stands;
}

static void one_of_which_nothing_is_acknowledged_stands_still(void **state)
{
    struct lane *lane = open_lane();
    struct flight *first = take(lane, 1), *second = take(lane, 2);
    char text[200];

    (void)state;
    assert_false(stands_still(lane, 0, text));
    assert_true(stands_still(lane, TROUBLE_LASTS_US, text));
    assert_non_null(strstr(text, "to the topic commands since "));
    assert_non_null(strstr(text, ": NOT_ACKNOWLEDGED\n"));
    // Sent again, it has waited for as long.
    flight_reported(first, &gone);
    take(lane, 1);
    assert_true(stands_still(lane, TROUBLE_LASTS_US, text));
    assert_non_null(strstr(text, ": BROKERS_UNREACHABLE\n"));
    // Another one that arrives shows that all will; what is still under way has its own time.
    flight_reported(second, NULL);
    assert_false(stands_still(lane, 0, text));
    assert_true(stands_still(lane, TROUBLE_LASTS_US, text));
    lane_forget_sent(lane);
    lane_is_empty(lane);
    assert_false(stands_still(lane, 10 * (int64_t)TROUBLE_LASTS_US, text));
    close_lane(lane);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_bounded_in_number_and_bytes),
        cmocka_unit_test(what_is_delivered_is_kept_until_it_is_marked),
        cmocka_unit_test(a_wave_of_failures_backs_off_once),
        cmocka_unit_test(only_who_was_alone_is_believed_to_be_refused),
        cmocka_unit_test(a_failure_is_no_refusal),
        cmocka_unit_test(one_of_which_nothing_is_acknowledged_stands_still),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
