// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/job_words.h"

#include <stdio.h>

#include "cli/jobs/job_members.h"
#include "cli/terminal/terminal_text.h"
#include "words/words.h"

bool job_time(const json_t *object, const char *name, char out[JOB_TIME_SIZE])
{
    int64_t time_us = member_time(object, name);
    char text[TIME_TEXT_SIZE];

    if (time_us == TIME_NONE)
        return false;
    time_format_us(time_us, text);
    snprintf(out, JOB_TIME_SIZE, "%.19sZ", text);
    return true;
}

void job_status_words(const json_t *job, struct buffer *out)
{
    struct slice status = member_text(job, "status");

    terminal_text_append(out, slice_is_null(status) ? SLICE_LITERAL("unknown")
                                                    : word_shown(status_words, status));
    if (member_is(job, "cancelling", "open"))
        buffer_append_text(out, ", cancelling");
    if (member_is(job, "cancelling", "unanswered"))
        buffer_append_text(out, ", cancelling (unanswered)");
    if (member_is_true(job, "overtaken"))
        buffer_append_text(out, ", overtaken");
    if (member_is_true(job, "silent"))
        buffer_append_text(out, ", silent");
}

bool job_has_ended(const json_t *job)
{
    return member_is(job, "status", "successful") || member_is(job, "status", "failed") ||
           member_is(job, "status", "dismissed");
}

int job_progress(const json_t *job)
{
    int64_t progress = member_integer(job, "progress", -1);

    return progress < 0 || progress > 100 ? -1 : (int)progress;
}
