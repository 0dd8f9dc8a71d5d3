// SPDX-License-Identifier: Apache-2.0
// Jobs of the API printed one after the other: as rows of a table, as JSON the way the API has
// them, or as CSV.
#pragma once

#include <jansson.h>

#include "cli/terminal/output.h"
#include "cli/terminal/screen.h"
#include "cli/terminal/time_words.h"

struct job_table;

enum job_form {
    FORM_TABLE,
    FORM_JSON,  // an array
    FORM_LINES, // an object a line
    FORM_CSV,
};

// The flags that it reads.
#define JOB_TABLE_FLAGS                                                                            \
    {"output", "FORMAT", "table, json, jsonl or csv (default: table)", 'o'}, TIME_FLAG, COLOR_FLAG

// What --output says; goes_on: rows go on coming, as lines. FATAL with reason USAGE.
int job_form_read(const struct arguments *arguments, bool goes_on, enum job_form *out,
                  struct err *err);
// On a terminal the table fits it. FATAL with reason USAGE for what a flag does not take.
int job_table_new(const struct arguments *arguments, enum job_form form, bool goes_on,
                  struct job_table **out, struct err *err);
void job_table_free(struct job_table *table);
// What the clock says of whoever dated the jobs: relative times and spans are counted to it.
void job_table_set_now(struct job_table *table, int64_t now_us);
int job_table_add(struct job_table *table, const json_t *job, struct err *err);
// What the filter no longer lets through, as it is now; JSON has "gone": true besides.
int job_table_add_gone(struct job_table *table, const json_t *job, struct err *err);
// Prints what was added, and it arrives, or FATAL (OUTPUT).
int job_table_flush(struct job_table *table, struct err *err);
// Flushes, and closes the array.
int job_table_end(struct job_table *table, struct err *err);
