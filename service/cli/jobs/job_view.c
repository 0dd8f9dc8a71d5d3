// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/job_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/jobs/job_line.h"
#include "cli/terminal/json_text.h"
#include "cli/terminal/output.h"
#include "cli/terminal/screen.h"

int job_view_init(struct job_view *view, const struct arguments *arguments, struct err *err)
{
    bool is_terminal = isatty(STDOUT_FILENO) == 1;
    int rc;

    *view = (struct job_view){0};
    view->has_bar =
        is_terminal && isatty(STDERR_FILENO) == 1 && !arguments_given(arguments, "time");
    rc = time_style_read(arguments, is_terminal, TIMES_THAT_STAY, &view->times, err);
    if (view->times == TIME_EXACT)
        view->times = TIME_ZULU; // a line tells it to the second
    return rc ? rc : output_read_format(arguments, &view->is_json, err);
}

// NUL-terminated, malloc'ed; NULL without memory.
static char *line_of(const struct job_view *view, const json_t *job, enum time_style times,
                     int64_t now_us)
{
    struct buffer line;

    if (view->is_json)
        return json_text(job, JSON_COMPACT | JSON_ENSURE_ASCII);
    buffer_init(&line);
    if (view->has_bar)
        job_line_bar(job, screen_columns(STDERR_FILENO) - 1, &line);
    else
        job_line_plain(job, times, now_us, &line);
    buffer_append(&line, "", 1);
    if (line.failed)
        buffer_free(&line);
    return line.data;
}

static int print(struct job_view *view, const char *line, struct err *err)
{
    if (view->has_bar && !view->is_json) {
        fprintf(stderr, "\r%s\x1b[K", line); // clears what a longer line left
        view->is_open = true;
        return DONE;
    }
    printf("%s\n", line);
    if (fflush(stdout) || ferror(stdout))
        return err_set(err, FATAL, "OUTPUT", "cannot write to standard output");
    return DONE;
}

int job_view_show(struct job_view *view, const json_t *job, int64_t now_us, struct err *err)
{
    char *look = line_of(view, job, TIME_EXACT, now_us), *line;
    int rc;

    if (!look)
        return err_no_memory(err);
    if (view->last && !strcmp(view->last, look)) {
        free(look);
        return DONE;
    }
    free(view->last);
    view->last = look;
    line = line_of(view, job, view->times, now_us);
    rc = line ? print(view, line, err) : err_no_memory(err);
    free(line);
    return rc;
}

void job_view_close(struct job_view *view)
{
    if (view->is_open)
        fputc('\n', stderr);
    view->is_open = false;
    free(view->last);
    view->last = NULL;
}
