// SPDX-License-Identifier: Apache-2.0
// One job as it goes on: a bar on standard error where people sit at a terminal, else a line on
// standard output for each change, which --time asks for there, too; as JSON an object a line.
#pragma once

#include <jansson.h>

#include "cli/terminal/time_words.h"

struct job_view {
    bool is_json, has_bar, is_open; // is_open: the bar's line is not ended yet
    enum time_style times;
    char *last; // owned: how the job was when it was shown last
};

// FATAL with reason USAGE for an unknown --output or --time.
int job_view_init(struct job_view *view, const struct arguments *arguments, struct err *err);
// Shows the job, unless it looks as it did; now_us: by the clock that dated it. FATAL (OUTPUT), or
// RETRY without memory.
int job_view_show(struct job_view *view, const json_t *job, int64_t now_us, struct err *err);
// Ends the bar's line, too.
void job_view_close(struct job_view *view);
