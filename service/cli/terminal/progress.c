// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/time_us.h"

enum { BAR_WIDTH = 24 };
#define TERMINAL_EVERY_US (US_PER_SECOND / 5)
#define LINE_EVERY_US     (5 * US_PER_SECOND)

void progress_begin(struct progress *progress, const char *unit)
{
    const int64_t now_us = clock_monotonic_us();

    *progress = (struct progress){.unit = unit,
                                  .began_us = now_us,
                                  .shown_us = now_us,
                                  .is_terminal = isatty(STDERR_FILENO) == 1};
}

static void write_state(const struct progress *progress, int64_t now_us)
{
    double seconds = (double)(now_us - progress->began_us) / US_PER_SECOND;
    double share = progress->total ? (double)progress->done / (double)progress->total : 0;
    double rate = seconds > 0 ? (double)progress->events / seconds : 0;

    fprintf(stderr, "%" PRIu64, progress->done);
    if (progress->total)
        fprintf(stderr, " of %" PRIu64 " %s (%d %%)", progress->total, progress->unit,
                (int)(share * 100));
    else
        fprintf(stderr, " %s", progress->unit);
    if (progress->events != progress->done)
        fprintf(stderr, ", %" PRIu64 " events", progress->events);
    fprintf(stderr, ", %.0f/s", rate);
    if (progress->done && progress->done < progress->total)
        fprintf(stderr, ", %.0f s left", seconds / share - seconds);
}

static void draw(struct progress *progress, int64_t now_us)
{
    char bar[BAR_WIDTH + 1];
    size_t filled = progress->total ? (size_t)(progress->done * BAR_WIDTH / progress->total) : 0;

    if (progress->is_terminal && progress->total) {
        memset(bar, '.', BAR_WIDTH);
        memset(bar, '#', filled < BAR_WIDTH ? filled : BAR_WIDTH);
        bar[BAR_WIDTH] = '\0';
        fprintf(stderr, "\r[%s] ", bar);
    } else if (progress->is_terminal) {
        fputc('\r', stderr);
    }
    write_state(progress, now_us);
    fputs(progress->is_terminal ? "\x1b[K" : "\n", stderr); // clears what a longer line left
    progress->is_open = progress->is_terminal;
    progress->shown_us = now_us;
}

void progress_tell(struct progress *progress, uint64_t done, uint64_t total, uint64_t events)
{
    const int64_t now_us = clock_monotonic_us();

    progress->done = done;
    progress->total = total;
    progress->events = events;
    if (now_us - progress->shown_us >= (progress->is_terminal ? TERMINAL_EVERY_US : LINE_EVERY_US))
        draw(progress, now_us);
}

void progress_end(struct progress *progress)
{
    if (progress->is_open) {
        draw(progress, clock_monotonic_us());
        fputc('\n', stderr);
    }
    progress->is_open = false;
}
