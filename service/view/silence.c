// SPDX-License-Identifier: Apache-2.0
#include "view/silence.h"

#include "base/option_value.h"
#include "base/time_us.h"

static const int64_t least_ms = 1000, most_ms = INT64_C(365) * 24 * 60 * 60 * 1000;

static const struct silence_limit *find(const struct silence_rules *rules, struct slice type)
{
    for (size_t i = 0; i < rules->type_count; i++)
        if (slice_equal(rules->by_type[i].type, type))
            return &rules->by_type[i];
    return NULL;
}

static int refuse(const char *label, struct slice part, const char *expected, struct err *err)
{
    return err_set(err, FATAL, "CONFIGURATION", "%s: \"%.*s\": expected %s", label,
                   (int)(part.size < 80 ? part.size : 80), part.data, expected);
}

// equals: before the duration, the last one, since a type may have one in its name.
static int read_type(struct slice part, const char *equals, const char *label,
                     struct silence_limit *limits, struct arena *arena, struct silence_rules *out,
                     struct err *err)
{
    struct slice type = {part.data, (size_t)(equals - part.data)};
    struct slice duration = {equals + 1, part.size - type.size - 1};
    struct silence_limit *limit = &limits[out->type_count];

    if (!type.size || type.size > TYPE_MAX_BYTES)
        return refuse(label, part, "TYPE=DURATION, a type having 1 to 128 bytes", err);
    if (find(out, type))
        return refuse(label, part, "each type once", err);
    if (!option_value_wait(duration, least_ms, most_ms, &limit->after_us))
        return refuse(label, part, "TYPE=DURATION, from 1s to 365d, or TYPE=never", err);
    if (!arena_copy(arena, type, &limit->type))
        return err_no_memory(err);
    out->type_count++;
    return DONE;
}

int silence_read(const char *text, const char *label, struct arena *arena,
                 struct silence_rules *out, struct err *err)
{
    struct silence_limit *limits;
    size_t parts = 1;
    bool has_common = false;
    struct slice part;
    int rc = DONE;

    for (const char *byte = text; *byte; byte++)
        parts += *byte == ',';
    limits = arena_alloc(arena, parts * sizeof *limits);
    if (!limits)
        return err_no_memory(err);
    *out = (struct silence_rules){.by_type = limits};
    while (!rc && option_value_next(&text, &part)) {
        const char *equals = slice_last(part, '=');

        if (equals) {
            rc = read_type(part, equals, label, limits, arena, out, err);
        } else if (has_common || !option_value_wait(part, least_ms, most_ms, &out->after_us)) {
            rc = refuse(label, part, "one duration from 1s to 365d, or never, and TYPE=DURATION",
                        err);
        } else {
            has_common = true;
        }
    }
    return rc;
}

int64_t silence_from_us(const struct silence_rules *rules, const struct job_columns *job)
{
    const struct silence_limit *limit = find(rules, job->type);
    int64_t after_us = limit ? limit->after_us : rules->after_us, from_us;

    if (job->status != STATUS_RUNNING || !after_us || job->updated_at_us == TIME_NONE ||
        __builtin_add_overflow(job->updated_at_us, after_us, &from_us))
        return TIME_NONE;
    return from_us;
}

bool silence_is(const struct silence_rules *rules, const struct job_columns *job, int64_t now_us)
{
    int64_t from_us = silence_from_us(rules, job);

    return from_us != TIME_NONE && now_us > from_us;
}
