// SPDX-License-Identifier: Apache-2.0
// Printing rows of data, as a table for people or as JSON for programs (--output, --time).
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "cli/terminal/arguments.h"
#include "cli/terminal/table_fit.h"

#define OUTPUT_FLAG                                                                                \
    {                                                                                              \
        "output", "FORMAT", "table or json (default: table)", 'o'                                  \
    }

// A column: its name as JSON has it (a table writes '_' as a blank), and how it becomes shorter
// where a table has to fit a terminal; of {0} it is as wide as it is.
struct output_column {
    const char *name;
    struct column_fit fit;
};

enum output_kind {
    OUTPUT_TABLE,
    OUTPUT_GROWING, // a table to which rows go on coming: output_print_more
    OUTPUT_RECORD,  // a line for each cell: of one thing with much in it
};

struct output;

// What --output says. FATAL with reason USAGE for an unknown one.
int output_read_format(const struct arguments *arguments, bool *is_json, struct err *err);

// columns: the last one's name is NULL; borrowed. Where standard output is a terminal a table fits
// it, and moments are as --time says; elsewhere there is all of it. FATAL with reason USAGE for an
// unknown --output or --time.
int output_new(const struct arguments *arguments, enum output_kind kind,
               const struct output_column *columns, struct output **out, struct err *err);
void output_free(struct output *output);
// Before the first row: the colour of a cell (ECMA-48, "31"), NULL for none.
void output_set_paint(struct output *output,
                      const char *(*paint)(const char *column, struct slice text));
// What "5m ago" is counted from, where it is not this machine's clock that dated the rows.
void output_set_now(struct output *output, int64_t now_us);
// A row's cells, in the order of the columns; a failure is remembered. What is not UTF-8 is shown
// with U+FFFD in its place.
void output_text(struct output *output, struct slice text); // absent: null
void output_integer(struct output *output, int64_t number);
void output_count(struct output *output, int64_t number); // below 0: null
void output_time(struct output *output, int64_t time_us); // TIME_NONE: null

// Prints everything on standard output: a table, a record, or an array of objects. RETRY without
// memory.
int output_print(struct output *output, struct err *err);
// The same, but instead of a table without a row nothing, and what is said then on standard error:
// "there are no dead letters".
int output_print_or_say(struct output *output, const char *nothing, struct err *err);
// For rows that go on coming: prints those since the last call, and forgets them. JSON: an object a
// line, not an array. A table has its heading above the first. On a terminal its columns are as
// wide as the first rows need, the last one takes what is left; elsewhere they only ever grow.
int output_print_more(struct output *output, struct err *err);
bool output_is_json(const struct output *output);
