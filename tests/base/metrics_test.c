// SPDX-License-Identifier: Apache-2.0
// Samples count from many threads at once, and render as Prometheus reads them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "base/metrics.h"

enum { KINDS = 2, OUTCOMES = 3 };

static const char *kind_name(size_t kind)
{
    static const char *const names[KINDS] = {"a", "b"};

    return names[kind];
}

static const char *outcome_name(size_t outcome)
{
    static const char *const names[OUTCOMES] = {"x", "y", "z"};

    return names[outcome];
}

static const double bounds[] = {0.5, 1};

enum { EVENTS, OPEN, SECONDS_SPENT, METRICS };

static const struct metric_definition definitions[METRICS] = {
    [EVENTS] = {.name = "t_events_total",
                .help = "Events.",
                .labels = {{"kind", KINDS, kind_name}, {"outcome", OUTCOMES, outcome_name}}},
    [OPEN] = {.name = "t_open", .help = "Open.", .type = METRIC_GAUGE},
    [SECONDS_SPENT] = {.name = "t_seconds",
                       .help = "Time.",
                       .type = METRIC_HISTOGRAM,
                       .labels = {{"kind", KINDS, kind_name}},
                       .bounds = bounds,
                       .bound_count = 2},
};

static struct metrics *new_metrics(void)
{
    struct metrics *metrics;
    struct err err;

    assert_int_equal(metrics_new(definitions, METRICS, &metrics, &err), DONE);
    return metrics;
}

static void every_label_pair_is_its_own_sample(void **state)
{
    struct metrics *metrics = new_metrics();

    (void)state;
    for (size_t kind = 0; kind < 2; kind++)
        for (size_t outcome = 0; outcome < 3; outcome++)
            metrics_add(metrics, EVENTS, kind, outcome, (int64_t)(kind * 3 + outcome + 1));
    for (size_t kind = 0; kind < 2; kind++)
        for (size_t outcome = 0; outcome < 3; outcome++)
            assert_int_equal(metrics_read(metrics, EVENTS, kind, outcome), kind * 3 + outcome + 1);
    metrics_free(metrics);
}

static void a_place_outside_the_table_is_ignored(void **state)
{
    struct metrics *metrics = new_metrics();

    (void)state;
    metrics_add(metrics, METRICS, 0, 0, 1);
    metrics_add(metrics, EVENTS, 2, 0, 1);
    metrics_add(metrics, EVENTS, 0, 3, 1);
    metrics_add(metrics, SECONDS_SPENT, 0, 0, 1);
    metrics_set(metrics, EVENTS, 0, 0, 9);
    metrics_observe(metrics, OPEN, 0, 0, 1);
    assert_int_equal(metrics_read(metrics, EVENTS, 0, 0), 0);
    assert_int_equal(metrics_read(metrics, OPEN, 0, 0), 0);
    assert_int_equal(metrics_read(metrics, SECONDS_SPENT, 0, 0), 0);
    assert_int_equal(metrics_read(metrics, METRICS, 0, 0), 0);
    metrics_free(metrics);
}

static void collect(void *self, struct buffer *out)
{
    struct metric_label_value label = {"topic", SLICE_LITERAL("a\"b\\c\nd")};

    (void)self;
    metrics_write_family(out, "t_lag", METRIC_GAUGE, "Lag.");
    metrics_write_sample(out, "t_lag", &label, 1, 1.5);
}

static void renders_the_text_format(void **state)
{
    static const char expected[] = "# HELP t_events_total Events.\n# TYPE t_events_total counter\n"
                                   "t_events_total{kind=\"a\",outcome=\"x\"} 0\n"
                                   "t_events_total{kind=\"a\",outcome=\"y\"} 0\n"
                                   "t_events_total{kind=\"a\",outcome=\"z\"} 0\n"
                                   "t_events_total{kind=\"b\",outcome=\"x\"} 0\n"
                                   "t_events_total{kind=\"b\",outcome=\"y\"} 3\n"
                                   "t_events_total{kind=\"b\",outcome=\"z\"} 0\n"
                                   "# HELP t_open Open.\n# TYPE t_open gauge\nt_open -2\n"
                                   "# HELP t_seconds Time.\n# TYPE t_seconds histogram\n"
                                   "t_seconds_bucket{kind=\"a\",le=\"0.5\"} 2\n"
                                   "t_seconds_bucket{kind=\"a\",le=\"1\"} 2\n"
                                   "t_seconds_bucket{kind=\"a\",le=\"+Inf\"} 3\n"
                                   "t_seconds_sum{kind=\"a\"} 2.75\nt_seconds_count{kind=\"a\"} 3\n"
                                   "t_seconds_bucket{kind=\"b\",le=\"0.5\"} 0\n"
                                   "t_seconds_bucket{kind=\"b\",le=\"1\"} 0\n"
                                   "t_seconds_bucket{kind=\"b\",le=\"+Inf\"} 0\n"
                                   "t_seconds_sum{kind=\"b\"} 0\nt_seconds_count{kind=\"b\"} 0\n"
                                   "# HELP t_lag Lag.\n# TYPE t_lag gauge\n"
                                   "t_lag{topic=\"a\\\"b\\\\c\\nd\"} 1.5\n";
    struct metrics *metrics = new_metrics();
    struct metrics_collector collector = {NULL, collect};
    struct buffer out;

    (void)state;
    buffer_init(&out);
    metrics_add(metrics, EVENTS, 1, 1, 3);
    metrics_set(metrics, OPEN, 0, 0, -2);
    metrics_observe(metrics, SECONDS_SPENT, 0, 0, 0.25);
    metrics_observe(metrics, SECONDS_SPENT, 0, 0, 0.5);
    metrics_observe(metrics, SECONDS_SPENT, 0, 0, 2);
    metrics_render(metrics, &collector, 1, &out);
    buffer_append(&out, "", 1);
    assert_string_equal(out.data, expected);
    buffer_free(&out);
    metrics_free(metrics);
}

enum { THREADS = 4, TIMES = 20000 };

static void *count_much(void *self)
{
    for (int i = 0; i < TIMES; i++) {
        metrics_add(self, EVENTS, 0, 0, 1);
        metrics_observe(self, SECONDS_SPENT, 0, 0, 0.001);
    }
    return NULL;
}

static void no_count_is_lost_between_threads(void **state)
{
    struct metrics *metrics = new_metrics();
    pthread_t threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_much, metrics), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(metrics_read(metrics, EVENTS, 0, 0), THREADS * TIMES);
    assert_int_equal(metrics_read(metrics, SECONDS_SPENT, 0, 0), THREADS * TIMES);
    metrics_free(metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_label_pair_is_its_own_sample),
        cmocka_unit_test(a_place_outside_the_table_is_ignored),
        cmocka_unit_test(renders_the_text_format),
        cmocka_unit_test(no_count_is_lost_between_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
