// SPDX-License-Identifier: Apache-2.0
// How fresh the read model is.
#include "store/connection/arrays.h"
#include "store/connection/values.h"
#include "store/reader/job_reader_private.h"

int job_reader_freshness(struct job_reader *reader, const char *const *event_topics,
                         struct viewed_freshness *out, struct err *err)
{
    struct parameters *parameters =
        job_reader_question(reader, SLICE_NULL, "reader_freshness", err);
    struct buffer *topics;
    size_t count = 0;
    int rc;

    *out = (struct viewed_freshness){TIME_NONE, -1, TIME_NONE};
    if (!parameters)
        return (int)err->disposition;
    while (event_topics[count])
        count++;
    topics = parameters_next(parameters);
    array_begin(topics, ARRAY_TEXT, count);
    for (size_t i = 0; i < count; i++)
        array_bytes(topics, slice_of(event_topics[i]));
    rc = job_reader_ask(reader, err);
    if (rc)
        return rc;
    out->as_of_us = value_time(reader->answer, 0, 0);
    if (!PQgetisnull(reader->answer, 0, 1))
        out->events_behind = value_int8(reader->answer, 0, 1);
    out->replayed_us = value_time(reader->answer, 0, 2);
    return DONE;
}

int job_reader_position(struct job_reader *reader, const struct source *source,
                        int64_t *next_offset, struct err *err)
{
    struct parameters *parameters = job_reader_question(reader, SLICE_NULL, "reader_position", err);
    int rc;

    if (!parameters)
        return (int)err->disposition;
    parameters_add_bytes(parameters, source->topic);
    parameters_add_int4(parameters, source->partition);
    rc = job_reader_ask(reader, err);
    if (!rc)
        *next_offset = value_int8(reader->answer, 0, 0);
    return rc;
}
