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
    *view = (struct job_view){0};
    view->has_bar = isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
    return output_read_format(arguments, &view->is_json, err);
}

// NUL-terminated, malloc'ed; NULL without memory.
static char *line_of(const struct job_view *view, const json_t *job)
{
    struct buffer line;

    if (view->is_json)
        return json_text(job, JSON_COMPACT | JSON_ENSURE_ASCII);
    buffer_init(&line);
    if (view->has_bar)
        job_line_bar(job, screen_columns(STDERR_FILENO) - 1, &line);
    else
        job_line_plain(job, &line);
    buffer_append(&line, "", 1);
    if (line.failed)
        buffer_free(&line);
    return line.data;
}

int job_view_show(struct job_view *view, const json_t *job, struct err *err)
{
    char *line = line_of(view, job);

    if (!line)
        return err_no_memory(err);
    if (view->last && !strcmp(view->last, line)) {
        free(line);
        return DONE;
    }
    free(view->last);
    view->last = line;
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

void job_view_close(struct job_view *view)
{
    if (view->is_open)
        fputc('\n', stderr);
    view->is_open = false;
    free(view->last);
    view->last = NULL;
}
