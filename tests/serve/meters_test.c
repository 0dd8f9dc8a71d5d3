// SPDX-License-Identifier: Apache-2.0
// Every label of every metric says what its enum says, and no two of a family say the same.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/routes.h"
#include "core/cancel.h"
#include "core/event.h"
#include "core/poison.h"
#include "serve/process/meters.h"
#include "store/ledger/outbox.h"
#include "store/projection/batch_store.h"
#include "support/between.h"

static struct metrics *new_meters(void)
{
    struct metrics *metrics;
    struct err err;

    assert_int_equal(meters_new(&metrics, &err), DONE);
    return metrics;
}

static char *render(const struct metrics *metrics)
{
    struct buffer out;

    buffer_init(&out);
    metrics_render(metrics, NULL, 0, &out);
    buffer_append(&out, "", 1);
    return out.data;
}

static int compare_lines(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static void no_two_samples_have_one_name(void **state)
{
    struct metrics *metrics = new_meters();
    char *text = render(metrics), *rest = text;
    char *lines[4096];
    size_t count = 0;

    (void)state;
    for (char *line; (line = strtok_r(rest, "\n", &rest));) {
        assert_between(count, 0, sizeof lines / sizeof *lines - 1);
        *(strrchr(line, ' ') + 1) = '\0'; // the value
        if (*line != '#')
            lines[count++] = line;
    }
    assert_between(count, METERS, sizeof lines / sizeof *lines);
    qsort(lines, count, sizeof *lines, compare_lines);
    for (size_t i = 1; i < count; i++)
        assert_string_not_equal(lines[i - 1], lines[i]);
    free(text);
    metrics_free(metrics);
}

// What is counted at the places shows under these names, and there is no place behind them.
static void assert_sample(enum meter meter, size_t first, size_t second, const char *labels)
{
    struct metrics *metrics = new_meters();
    char *text, *found, line[256];

    metrics_add(metrics, meter, first, second, 7);
    metrics_observe(metrics, meter, first, second, 0);
    text = render(metrics);
    snprintf(line, sizeof line, "%s} 7\n", labels);
    found = strstr(text, line);
    if (!found) { // a histogram: once
        snprintf(line, sizeof line, "_count%s} 1\n", labels);
        found = strstr(text, line);
    }
    if (!found)
        fail_msg("no sample %s of meter %d", labels, (int)meter);
    free(text);
    metrics_free(metrics);
}

static void assert_end(enum meter meter, size_t first, size_t second)
{
    struct metrics *metrics = new_meters();
    char *before = render(metrics), *after;

    metrics_add(metrics, meter, first, second, 7);
    metrics_observe(metrics, meter, first, second, 0);
    after = render(metrics);
    assert_string_equal(before, after);
    free(before);
    free(after);
    metrics_free(metrics);
}

// The only label of a family.
static void assert_label(enum meter meter, const char *name, size_t place, const char *value)
{
    char labels[128];

    snprintf(labels, sizeof labels, "{%s=\"%s\"", name, value);
    assert_sample(meter, place, 0, labels);
}

static void events_are_told_by_kind_and_outcome(void **state)
{
    static const char *const outcomes[EVENT_OUTCOMES] = {
        [EVENT_CHANGED] = "changed",
        [EVENT_UNCHANGED] = "unchanged",
        [EVENT_IGNORED] = "ignored",
        [EVENT_DEAD_LETTER] = "dead_letter",
    };
    char labels[128];

    (void)state;
    for (size_t kind = 0; kind <= EVENT_KINDS; kind++)
        for (size_t outcome = 0; outcome < EVENT_OUTCOMES; outcome++) {
            snprintf(labels, sizeof labels, "jobtrail_events_total{kind=\"%s\",outcome=\"%s\"",
                     kind < EVENT_KINDS ? event_kind_name((enum event_kind)kind) : "unknown",
                     outcomes[outcome]);
            assert_sample(METER_EVENTS, kind, outcome, labels);
        }
    assert_end(METER_EVENTS, EVENT_KINDS + 1, 0);
    assert_end(METER_EVENTS, 0, EVENT_OUTCOMES);
}

static void dead_letters_are_told_by_reason(void **state)
{
    (void)state;
    for (size_t place = 0; place < POISON_REASONS; place++) {
        assert_int_equal(poison_reason_place(poison_reason_name(place)), place);
        assert_label(METER_DEAD_LETTERS, "reason", place, poison_reason_name(place));
    }
    assert_end(METER_DEAD_LETTERS, POISON_REASONS, 0);
    assert_string_equal(poison_reason_name(poison_reason_place("BOOLEAN")), "BOOLEAN");
    assert_string_equal(poison_reason_name(poison_reason_place("NEVER_HEARD_OF")), "OTHER");
    assert_string_equal(poison_reason_name(poison_reason_place(NULL)), "OTHER");
}

static void decisions_are_told_by_reason(void **state)
{
    char labels[128];

    (void)state;
    for (size_t decision = 0; decision <= CANCEL_REFUSED; decision++)
        for (size_t reason = 0; reason < CANCEL_REASON_CODES; reason++) {
            snprintf(labels, sizeof labels, "{decision=\"%s\",reason=\"%s\"",
                     cancel_decision_name((enum cancel_decision)decision),
                     cancel_reason_name((enum cancel_reason_code)reason));
            assert_sample(METER_CANCEL_DECISIONS, decision, reason, labels);
        }
    assert_end(METER_CANCEL_DECISIONS, CANCEL_REFUSED + 1, 0);
    assert_end(METER_CANCEL_DECISIONS, 0, CANCEL_REASON_CODES);
}

static void requests_are_told_by_route_and_status(void **state)
{
    static const char *const statuses[] = {[2] = "2xx", [3] = "3xx", [4] = "4xx", [5] = "5xx"};
    char labels[128];

    (void)state;
    for (size_t place = 0; place < ROUTE_NAMES; place++) {
        for (int status = 200; status < 600; status += 100) {
            snprintf(labels, sizeof labels, "{route=\"%s\",status=\"%s\"", route_name(place),
                     statuses[status / 100]);
            assert_sample(METER_HTTP_REQUESTS, place, meter_status(status + 99), labels);
        }
        assert_label(METER_HTTP_SECONDS, "route", place, route_name(place));
    }
    assert_end(METER_HTTP_REQUESTS, ROUTE_NAMES, 0);
    assert_end(METER_HTTP_REQUESTS, 0, STATUS_CLASSES);
    assert_end(METER_HTTP_SECONDS, ROUTE_NAMES, 0);
}

static void what_the_store_and_the_outbox_tell_has_their_names(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < STORE_ROUND_TRIPS; kind++)
        assert_label(METER_POSTGRES_ROUND_TRIP, "kind", kind,
                     batch_store_round_trip_name((enum store_round_trip)kind));
    assert_end(METER_POSTGRES_ROUND_TRIP, STORE_ROUND_TRIPS, 0);
    for (enum meter meter = METER_RELAY_PUBLISHED; meter <= METER_RELAY_REFUSED; meter++) {
        for (size_t kind = 0; kind < OUTBOX_KINDS; kind++)
            assert_label(meter, "kind", kind, outbox_kind_name((enum outbox_kind)kind));
        assert_end(meter, OUTBOX_KINDS, 0);
    }
}

static void what_becomes_of_batches_partitions_and_streams_is_told(void **state)
{
    static const struct {
        enum meter meter;
        size_t place;
        const char *name, *value;
    } labels[] = {
        {METER_BATCHES, BATCH_COMMITTED, "outcome", "committed"},
        {METER_BATCHES, BATCH_RETRIED, "outcome", "retried"},
        {METER_BATCHES, BATCH_FENCED, "outcome", "fenced"},
        {METER_BATCHES, BATCH_SPLIT, "outcome", "split"},
        {METER_REBALANCES, REBALANCE_TAKEN, "kind", "taken"},
        {METER_REBALANCES, REBALANCE_REVOKED, "kind", "revoked"},
        {METER_REBALANCES, REBALANCE_LOST, "kind", "lost"},
        {METER_PARTITIONS, PARTITION_PROJECTION, "role", "projection"},
        {METER_PARTITIONS_STARTED, PARTITION_GATE, "role", "gate"},
        {METER_PARTITIONS_FAILING, PARTITION_GATE, "role", "gate"},
        {METER_STREAM_ENDED, STREAM_ENDED_EXPIRED, "why", "expired"},
        {METER_STREAM_ENDED, STREAM_ENDED_TOO_SLOW, "why", "too_slow"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        assert_label(labels[i].meter, labels[i].name, labels[i].place, labels[i].value);
    assert_end(METER_BATCHES, BATCH_OUTCOMES, 0);
    assert_end(METER_REBALANCES, REBALANCE_KINDS, 0);
    assert_end(METER_PARTITIONS_FAILING, PARTITION_ROLES, 0);
    assert_end(METER_STREAM_ENDED, STREAM_ENDINGS, 0);
}

static void what_is_only_known_at_run_time_is_collected(void **state)
{
    struct metrics_collector build_info = meters_build_info();
    struct lag lags[] = {{"t", 3, 12, 0.5}, {"t", 4, -1, -1}};
    struct metrics *metrics = new_meters();
    struct buffer out;

    (void)state;
    buffer_init(&out);
    metrics_render(metrics, &build_info, 1, &out);
    meters_write_lag(&out, lags, 2);
    buffer_append(&out, "", 1);
    assert_non_null(strstr(out.data, "jobtrail_build_info{version=\"0."));
    assert_non_null(strstr(out.data, "jobtrail_lag_events{topic=\"t\",partition=\"3\"} 12\n"));
    assert_non_null(strstr(out.data, "jobtrail_lag_seconds{topic=\"t\",partition=\"3\"} 0.5\n"));
    assert_null(strstr(out.data, "partition=\"4\""));
    buffer_free(&out);
    metrics_free(metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_two_samples_have_one_name),
        cmocka_unit_test(events_are_told_by_kind_and_outcome),
        cmocka_unit_test(dead_letters_are_told_by_reason),
        cmocka_unit_test(decisions_are_told_by_reason),
        cmocka_unit_test(requests_are_told_by_route_and_status),
        cmocka_unit_test(what_the_store_and_the_outbox_tell_has_their_names),
        cmocka_unit_test(what_becomes_of_batches_partitions_and_streams_is_told),
        cmocka_unit_test(what_is_only_known_at_run_time_is_collected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
