// SPDX-License-Identifier: Apache-2.0
// Counters, gauges and histograms whose label sets are known when the program is built, and their
// text exposition (Prometheus 0.0.4). What is only known at run time (a partition's lag, say) is
// appended by collectors while rendering.
//
// A table of struct metric_definition describes the families; a metric is named by its place in
// that table, a sample by the places of its label values. Changing a sample is one or two atomic
// additions without a lock: any thread may do it, and render, at any time.
#pragma once

#include <stdint.h>

#include "base/buffer.h"
#include "base/err.h"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

enum { METRIC_LABELS_MAX = 2 };

struct metric_label {
    const char *name; // NULL: the family has fewer labels
    size_t count;     // of the values: what an enum ends with
    const char *(*value)(size_t place);
};

struct metric_definition {
    const char *name, *help;
    enum metric_type type;
    struct metric_label labels[METRIC_LABELS_MAX];
    const double *bounds; // METRIC_HISTOGRAM: upper bounds, rising, without infinity
    size_t bound_count;
};

struct metrics;

// The table is borrowed for the life of the metrics. RETRY without memory.
int metrics_new(const struct metric_definition *definitions, size_t count, struct metrics **out,
                struct err *err);
void metrics_free(struct metrics *metrics);

// metric: place in the table. first, second: places of the label values, 0 for a label that the
// family lacks. A place outside the table is ignored rather than written to.
void metrics_add(struct metrics *metrics, size_t metric, size_t first, size_t second, int64_t by);
// Gauges only.
void metrics_set(struct metrics *metrics, size_t metric, size_t first, size_t second,
                 int64_t value);
// Histograms only. Sums are kept in millionths.
void metrics_observe(struct metrics *metrics, size_t metric, size_t first, size_t second,
                     double value);
// What a counter or gauge stands at; the number of observations of a histogram. For tests of what
// counts.
int64_t metrics_read(const struct metrics *metrics, size_t metric, size_t first, size_t second);

// Appends whole families to out, with the two functions below.
struct metrics_collector {
    void *self;
    void (*collect)(void *self, struct buffer *out);
};

void metrics_render(const struct metrics *metrics, const struct metrics_collector *collectors,
                    size_t collector_count, struct buffer *out);

struct metric_label_value {
    const char *name;
    struct slice value; // escaped when written
};

// The two comment lines of a family, then its samples, one call each.
void metrics_write_family(struct buffer *out, const char *name, enum metric_type type,
                          const char *help);
void metrics_write_sample(struct buffer *out, const char *name,
                          const struct metric_label_value *labels, size_t label_count,
                          double value);
