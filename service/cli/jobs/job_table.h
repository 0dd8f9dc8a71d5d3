// SPDX-License-Identifier: Apache-2.0
// Jobs of the API printed one after the other: as rows of a table, or as JSON the way the API has
// them: an array of objects, or with lines an object a line.
#pragma once

#include <jansson.h>

#include "cli/terminal/output.h"
#include "cli/terminal/screen.h"
#include "cli/terminal/time_words.h"

struct job_table;

// The flags that it reads, besides --output.
#define JOB_TABLE_FLAGS TIME_FLAG, COLOR_FLAG

// On a terminal the table fits it. FATAL with reason USAGE for what a flag does not take.
int job_table_new(const struct arguments *arguments, bool lines, struct job_table **out,
                  struct err *err);
void job_table_free(struct job_table *table);
// What the clock says of whoever dated the jobs: relative times and spans are counted to it.
void job_table_set_now(struct job_table *table, int64_t now_us);
int job_table_add(struct job_table *table, const json_t *job, struct err *err);
// What the filter no longer lets through, as it is now; JSON has "gone": true besides.
int job_table_add_gone(struct job_table *table, const json_t *job, struct err *err);
// Prints what was added; with lines it also arrives, or FATAL (OUTPUT).
int job_table_flush(struct job_table *table, struct err *err);
// Flushes, and closes the array.
int job_table_end(struct job_table *table, struct err *err);
