// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/job_line.h"

#include "cli/jobs/job_members.h"
#include "cli/jobs/job_words.h"
#include "cli/terminal/terminal_text.h"

enum { BAR_WIDTH = 24, MINUTE = 60, HOUR = 3600 };

int64_t job_seconds_left(const json_t *job)
{
    int64_t started_us = member_time(job, "started"), updated_us = member_time(job, "updated");
    int progress = job_progress(job);

    if (!member_is(job, "status", "running") || progress < 1 || progress > 99 ||
        started_us == TIME_NONE || updated_us == TIME_NONE || updated_us <= started_us)
        return -1;
    return (updated_us - started_us) / US_PER_SECOND * (100 - progress) / progress;
}

void job_line_plain(const json_t *job, enum time_style times, int64_t now_us, struct buffer *out)
{
    struct slice message = member_text(job, "message");
    char time[TIME_WORDS_SIZE];
    int progress = job_progress(job);

    time_words(member_time(job, "updated"), times, now_us, time);
    if (*time)
        buffer_append_format(out, "%s  ", time);
    job_status_words(job, out);
    if (progress >= 0)
        buffer_append_format(out, "  %d %%", progress);
    if (!slice_is_null(message)) {
        buffer_append_text(out, "  ");
        terminal_text_append(out, message);
    }
}

static void append_left(struct buffer *out, int64_t seconds)
{
    if (seconds >= HOUR)
        buffer_append_format(out, "  about %d h left", (int)((seconds + HOUR / 2) / HOUR));
    else if (seconds >= MINUTE)
        buffer_append_format(out, "  about %d min left", (int)((seconds + MINUTE / 2) / MINUTE));
    else if (seconds >= 0)
        buffer_append_format(out, "  about %d s left", (int)seconds);
}

void job_line_bar(const json_t *job, size_t columns, struct buffer *out)
{
    struct slice message = member_text(job, "message");
    int progress = job_progress(job);
    int filled = progress < 0 ? 0 : progress * BAR_WIDTH / 100;

    buffer_append_text(out, "[");
    for (int i = 0; i < BAR_WIDTH; i++)
        buffer_append_text(out, i < filled ? "#" : ".");
    buffer_append_text(out, "]  ");
    if (progress >= 0)
        buffer_append_format(out, "%d %%  ", progress);
    job_status_words(job, out);
    append_left(out, job_seconds_left(job));
    if (!slice_is_null(message)) {
        buffer_append_text(out, "  ");
        terminal_text_append(out, message);
    }
    if (!out->failed)
        out->size = terminal_text_prefix(buffer_slice(out), columns);
}
