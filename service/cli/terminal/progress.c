// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/time_us.h"

enum { BAR_WIDTH = 24 };
#define TERMINAL_EVERY_US (US_PER_SECOND / 5)
#define LINE_EVERY_US     (5 * US_PER_SECOND)

void progress_begin(struct progress *progress, const char *unit, uint64_t total, int64_t now_us)
{
    *progress = (struct progress){.unit = unit,
                                  .total = total,
                                  .began_us = now_us,
                                  .shown_us = now_us,
                                  .is_terminal = isatty(STDERR_FILENO) == 1};
}

static void write_state(const struct progress *progress, uint64_t done, uint64_t events,
                        int64_t now_us)
{
    double seconds = (double)(now_us - progress->began_us) / US_PER_SECOND;
    double share = progress->total ? (double)done / (double)progress->total : 0;
    double rate = seconds > 0 ? (double)events / seconds : 0;

    fprintf(stderr, "%" PRIu64, done);
    if (progress->total)
        fprintf(stderr, " of %" PRIu64 " %s (%d %%)", progress->total, progress->unit,
                (int)(share * 100));
    else
        fprintf(stderr, " %s", progress->unit);
    fprintf(stderr, ", %" PRIu64 " events, %.0f/s", events, rate);
    if (done && progress->total && done < progress->total)
        fprintf(stderr, ", %.0f s left", seconds / share - seconds);
}

static void draw(struct progress *progress, uint64_t done, uint64_t events, int64_t now_us)
{
    char bar[BAR_WIDTH + 1];
    size_t filled = progress->total ? (size_t)(done * BAR_WIDTH / progress->total) : 0;

    if (progress->is_terminal && progress->total) {
        memset(bar, '.', BAR_WIDTH);
        memset(bar, '#', filled < BAR_WIDTH ? filled : BAR_WIDTH);
        bar[BAR_WIDTH] = '\0';
        fprintf(stderr, "\r[%s] ", bar);
    } else if (progress->is_terminal) {
        fputc('\r', stderr);
    }
    write_state(progress, done, events, now_us);
    fputs(progress->is_terminal ? "\x1b[K" : "\n", stderr); // clears what a longer line left
    progress->is_open = progress->is_terminal;
    progress->shown_us = now_us;
}

void progress_show(struct progress *progress, uint64_t done, uint64_t events, int64_t now_us)
{
    if (now_us - progress->shown_us >= (progress->is_terminal ? TERMINAL_EVERY_US : LINE_EVERY_US))
        draw(progress, done, events, now_us);
}

void progress_end(struct progress *progress, uint64_t done, uint64_t events, int64_t now_us)
{
    if (progress->is_open)
        draw(progress, done, events, now_us);
    if (progress->is_open)
        fputc('\n', stderr);
    progress->is_open = false;
}
