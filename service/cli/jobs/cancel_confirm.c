// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/cancel_confirm.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/api/api_problem.h"
#include "cli/jobs/job_line.h"
#include "cli/jobs/job_members.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/terminal_text.h"

static bool is_yes(const char *answer)
{
    return !strcmp(answer, "y\n") || !strcmp(answer, "Y\n") || !strcmp(answer, "yes\n");
}

static int say_what_it_is(const json_t *job, struct err *err)
{
    struct buffer line;
    int rc = DONE;

    buffer_init(&line);
    terminal_text_append(&line, member_text(job, "processID"));
    buffer_append_text(&line, "  ");
    job_line_plain(job, TIME_ZULU, 0, &line);
    if (line.failed)
        rc = err_no_memory(err);
    else
        fprintf(stderr, "%.*s\n", (int)line.size, line.data);
    buffer_free(&line);
    return rc;
}

// A member may cancel what they created, though their role lets them see no job.
int cancel_confirm(struct api_client *client, const char *job_id, struct err *err)
{
    struct api_question question = {.path = "/jobs/*", .ids = {job_id}};
    struct api_answer answer;
    char id[200], typed[16];
    int rc;

    if (isatty(STDIN_FILENO) != 1)
        return err_set(err, FATAL, "USAGE",
                       "cancel asks before it does so, and there is no terminal to ask at: "
                       "say --yes");
    rc = api_get(client, &question, &answer, err);
    if (!rc) {
        rc = say_what_it_is(answer.json, err);
        api_answer_free(&answer);
    } else if (!strcmp(err->reason, API_NO_SUCH_JOB)) {
        rc = DONE;
    }
    if (rc)
        return rc;
    terminal_text_copy(id, sizeof id, slice_of(job_id));
    fprintf(stderr, "Cancel the job %s of %s? [y/N] ", id, api_client_organization(client));
    if (fgets(typed, sizeof typed, stdin) && is_yes(typed))
        return DONE;
    if (interrupt_seen())
        return api_wait(0, err);
    return err_set(err, FATAL, "NOT_ASKED", "nothing was asked for");
}
