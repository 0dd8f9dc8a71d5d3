// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE // memmem
#include "live/stream_filter.h"

static bool is_one_of(const struct job_filter *filter, struct slice type)
{
    for (size_t i = 0; i < filter->type_count; i++)
        if (slice_equal(filter->types[i], type))
            return true;
    return !filter->type_count;
}

static bool is_within(const struct job_span *span, int64_t time_us)
{
    if (span->from_us == TIME_NONE && span->to_us == TIME_NONE)
        return true;
    return time_us != TIME_NONE && (span->from_us == TIME_NONE || time_us >= span->from_us) &&
           (span->to_us == TIME_NONE || time_us <= span->to_us);
}

static bool lasts_as_long(const struct job_filter *filter, const struct job_columns *columns,
                          int64_t now_us)
{
    int64_t until_us = columns->finished_at_us == TIME_NONE ? now_us : columns->finished_at_us;
    int64_t lasted_us = until_us < columns->started_at_us ? 0 : until_us - columns->started_at_us;

    if (filter->min_duration_s < 0 && filter->max_duration_s < 0)
        return true;
    return columns->started_at_us != TIME_NONE &&
           (filter->min_duration_s < 0 || lasted_us >= filter->min_duration_s * US_PER_SECOND) &&
           (filter->max_duration_s < 0 || lasted_us <= filter->max_duration_s * US_PER_SECOND);
}

static bool contains(struct slice text, struct slice part)
{
    return text.data && memmem(text.data, text.size, part.data, part.size);
}

static bool has_text(const struct job_scope *scope, struct slice text,
                     const struct found_job *found)
{
    return slice_is_null(text) || contains(found->id_lower, text) ||
           contains(found->message_lower, text) || contains(found->type_lower, text) ||
           (slice_is_null(scope->creator_id) && contains(found->creator_lower, text));
}

static bool passes(const struct job_filter *filter, const struct found_job *found, int64_t now_us)
{
    const struct job_columns *columns = &found->job.columns;

    return (!filter->statuses || filter->statuses & 1U << columns->status) &&
           is_one_of(filter, columns->type) &&
           (slice_is_null(filter->creator_id) ||
            slice_equal(filter->creator_id, columns->creator_id)) &&
           is_within(&filter->moments[MOMENT_CREATED], columns->created_at_us) &&
           is_within(&filter->moments[MOMENT_STARTED], columns->started_at_us) &&
           is_within(&filter->moments[MOMENT_FINISHED], columns->finished_at_us) &&
           is_within(&filter->moments[MOMENT_UPDATED], columns->updated_at_us) &&
           lasts_as_long(filter, columns, now_us);
}

enum stream_verdict stream_judge(const struct job_scope *scope, const struct job_filter *filter,
                                 const struct found_job *found, int64_t now_us)
{
    const struct job_columns *columns = &found->job.columns;

    if (!slice_equal(scope->organization_id, columns->key.organization_id) ||
        (!slice_is_null(scope->creator_id) && !slice_equal(scope->creator_id, columns->creator_id)))
        return STREAM_OUT_OF_SCOPE;
    return passes(filter, found, now_us) && has_text(scope, filter->text, found)
               ? STREAM_PASSES
               : STREAM_FILTERED_OUT;
}
