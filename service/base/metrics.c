// SPDX-License-Identifier: Apache-2.0
// All samples lie in one array of atomics; each family knows where its own begin. A histogram's
// sample is a slot for each bound, one for what lies above them all, and one for the sum.
// Relaxed order is enough: nobody concludes anything from one sample about another.
#include "base/metrics.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define SUM_UNIT 1e6

struct family {
    size_t first_slot, slots_each;
    size_t label_counts[METRIC_LABELS_MAX]; // 1 for a label that is not there
};

struct metrics {
    const struct metric_definition *definitions; // borrowed
    size_t count;
    struct family *families;  // owned, parallel to definitions
    _Atomic int64_t *samples; // owned
};

int metrics_new(const struct metric_definition *definitions, size_t count, struct metrics **out,
                struct err *err)
{
    struct metrics *metrics = calloc(1, sizeof *metrics);
    size_t slots = 0;

    if (!metrics || !(metrics->families = calloc(count ? count : 1, sizeof *metrics->families)))
        goto no_memory;
    metrics->definitions = definitions;
    metrics->count = count;
    for (size_t i = 0; i < count; i++) {
        struct family *family = &metrics->families[i];

        family->first_slot = slots;
        family->slots_each =
            definitions[i].type == METRIC_HISTOGRAM ? definitions[i].bound_count + 2 : 1;
        for (size_t label = 0; label < METRIC_LABELS_MAX; label++)
            family->label_counts[label] =
                definitions[i].labels[label].name ? definitions[i].labels[label].count : 1;
        slots += family->slots_each * family->label_counts[0] * family->label_counts[1];
    }
    metrics->samples = calloc(slots ? slots : 1, sizeof *metrics->samples);
    if (!metrics->samples)
        goto no_memory;
    *out = metrics;
    return DONE;

no_memory:
    metrics_free(metrics);
    return err_no_memory(err);
}

void metrics_free(struct metrics *metrics)
{
    if (!metrics)
        return;
    free(metrics->families);
    free(metrics->samples);
    free(metrics);
}

static _Atomic int64_t *find(const struct metrics *metrics, size_t metric, size_t first,
                             size_t second)
{
    const struct family *family;

    if (metric >= metrics->count)
        return NULL;
    family = &metrics->families[metric];
    if (first >= family->label_counts[0] || second >= family->label_counts[1])
        return NULL;
    return metrics->samples + family->first_slot +
           (first * family->label_counts[1] + second) * family->slots_each;
}

static int64_t load(const _Atomic int64_t *slot)
{
    return atomic_load_explicit(slot, memory_order_relaxed);
}

void metrics_add(struct metrics *metrics, size_t metric, size_t first, size_t second, int64_t by)
{
    _Atomic int64_t *slot = find(metrics, metric, first, second);

    if (slot && metrics->definitions[metric].type != METRIC_HISTOGRAM)
        atomic_fetch_add_explicit(slot, by, memory_order_relaxed);
}

void metrics_set(struct metrics *metrics, size_t metric, size_t first, size_t second, int64_t value)
{
    _Atomic int64_t *slot = find(metrics, metric, first, second);

    if (slot && metrics->definitions[metric].type == METRIC_GAUGE)
        atomic_store_explicit(slot, value, memory_order_relaxed);
}

void metrics_observe(struct metrics *metrics, size_t metric, size_t first, size_t second,
                     double value)
{
    _Atomic int64_t *slot = find(metrics, metric, first, second);
    const struct metric_definition *definition;
    size_t bucket = 0;

    if (!slot || !isfinite(value) || fabs(value) > (double)INT64_MAX / SUM_UNIT / 2)
        return;
    definition = &metrics->definitions[metric];
    if (definition->type != METRIC_HISTOGRAM)
        return;
    while (bucket < definition->bound_count && value > definition->bounds[bucket])
        bucket++;
    atomic_fetch_add_explicit(&slot[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&slot[definition->bound_count + 1], llround(value * SUM_UNIT),
                              memory_order_relaxed);
}

int64_t metrics_read(const struct metrics *metrics, size_t metric, size_t first, size_t second)
{
    const _Atomic int64_t *slot = find(metrics, metric, first, second);
    int64_t total = 0;

    if (!slot)
        return 0;
    if (metrics->definitions[metric].type != METRIC_HISTOGRAM)
        return load(slot);
    for (size_t i = 0; i <= metrics->definitions[metric].bound_count; i++)
        total += load(&slot[i]);
    return total;
}

// The label names and values of a sample, and, for a bucket, the bound.
static void write_name(struct buffer *out, const char *name, const char *suffix,
                       const struct metric_label_value *labels, size_t label_count)
{
    buffer_append_text(out, name);
    buffer_append_text(out, suffix);
    for (size_t i = 0; i < label_count; i++) {
        buffer_append_format(out, "%s%s=\"", i ? "," : "{", labels[i].name);
        for (size_t at = 0; at < labels[i].value.size; at++) {
            char byte = labels[i].value.data[at];

            if (byte == '\n')
                buffer_append_text(out, "\\n");
            else if (byte == '"' || byte == '\\')
                buffer_append_format(out, "\\%c", byte);
            else
                buffer_append(out, &byte, 1);
        }
        buffer_append_text(out, "\"");
    }
    buffer_append_text(out, label_count ? "} " : " ");
}

// The program never calls setlocale, so that the decimal point is one.
static void write_number(struct buffer *out, double value)
{
    if (isnan(value))
        buffer_append_text(out, "NaN\n");
    else if (isinf(value))
        buffer_append_text(out, value > 0 ? "+Inf\n" : "-Inf\n");
    else
        buffer_append_format(out, "%.15g\n", value);
}

void metrics_write_family(struct buffer *out, const char *name, enum metric_type type,
                          const char *help)
{
    static const char *const types[] = {"counter", "gauge", "histogram"};

    buffer_append_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, types[type]);
}

void metrics_write_sample(struct buffer *out, const char *name,
                          const struct metric_label_value *labels, size_t label_count, double value)
{
    write_name(out, name, "", labels, label_count);
    write_number(out, value);
}

static void write_histogram(struct buffer *out, const struct metric_definition *definition,
                            const _Atomic int64_t *slots, struct metric_label_value *labels,
                            size_t label_count)
{
    int64_t total = 0;
    char bound[32];

    for (size_t i = 0; i <= definition->bound_count; i++) {
        if (i < definition->bound_count)
            snprintf(bound, sizeof bound, "%.15g", definition->bounds[i]);
        else
            snprintf(bound, sizeof bound, "+Inf");
        total += load(&slots[i]);
        labels[label_count] = (struct metric_label_value){"le", slice_of(bound)};
        write_name(out, definition->name, "_bucket", labels, label_count + 1);
        buffer_append_format(out, "%lld\n", (long long)total);
    }
    write_name(out, definition->name, "_sum", labels, label_count);
    write_number(out, (double)load(&slots[definition->bound_count + 1]) / SUM_UNIT);
    write_name(out, definition->name, "_count", labels, label_count);
    buffer_append_format(out, "%lld\n", (long long)total);
}

static void write_family(const struct metrics *metrics, size_t metric, struct buffer *out)
{
    const struct metric_definition *definition = &metrics->definitions[metric];
    const struct family *family = &metrics->families[metric];

    metrics_write_family(out, definition->name, definition->type, definition->help);
    for (size_t i = 0; i < family->label_counts[0] * family->label_counts[1]; i++) {
        size_t at[METRIC_LABELS_MAX] = {i / family->label_counts[1], i % family->label_counts[1]};
        const _Atomic int64_t *slot = find(metrics, metric, at[0], at[1]);
        struct metric_label_value labels[METRIC_LABELS_MAX + 1];
        size_t count = 0;

        for (size_t label = 0; label < METRIC_LABELS_MAX; label++)
            if (definition->labels[label].name)
                labels[count++] = (struct metric_label_value){
                    definition->labels[label].name,
                    slice_of(definition->labels[label].value(at[label]))};
        if (definition->type == METRIC_HISTOGRAM) {
            write_histogram(out, definition, slot, labels, count);
            continue;
        }
        write_name(out, definition->name, "", labels, count);
        buffer_append_format(out, "%lld\n", (long long)load(slot));
    }
}

void metrics_render(const struct metrics *metrics, const struct metrics_collector *collectors,
                    size_t collector_count, struct buffer *out)
{
    for (size_t i = 0; i < metrics->count; i++)
        write_family(metrics, i, out);
    for (size_t i = 0; i < collector_count; i++)
        collectors[i].collect(collectors[i].self, out);
}
