// SPDX-License-Identifier: Apache-2.0
// Printing rows of data, as a table for people or as JSON for programs (--output).
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

struct output;

// What --output says. FATAL with reason USAGE for an unknown one.
int output_read_format(const struct arguments *arguments, bool *is_json, struct err *err);

// columns: their names, as JSON has them (the table writes '_' as a blank); NULL-terminated and
// borrowed. FATAL with reason USAGE for an unknown --output.
int output_new(const struct arguments *arguments, const char *const *columns, struct output **out,
               struct err *err);
void output_free(struct output *output);
// A row's cells, in the order of the columns; a failure is remembered. What is not UTF-8 is shown
// with U+FFFD in its place.
void output_text(struct output *output, struct slice text); // absent: null
void output_integer(struct output *output, int64_t number);
void output_count(struct output *output, int64_t number); // below 0: null
void output_time(struct output *output, int64_t time_us); // TIME_NONE: null
// How a table looks on a terminal. Borrowed.
struct output_look {
    const struct column_fit *fits; // parallel to the columns
    size_t screen;                 // how wide it is; 0: nothing is made to fit
    bool goes_on;                  // more rows will come: each column gets its least at least
    // The colour of a cell (ECMA-48, "31"), NULL for none; NULL: there are no colours.
    const char *(*paint)(const char *column, struct slice text);
};
// Before the first row. The columns' widths are then those of the first rows that are printed, and
// the last one takes what is left.
void output_set_look(struct output *output, const struct output_look *look);

// Prints everything on standard output: a table, or an array of objects. RETRY without memory.
int output_print(struct output *output, struct err *err);
// As output_print, but a table has a line for each cell: for one row with much in it.
int output_print_record(struct output *output, struct err *err);
// For rows that go on coming: prints those since the last call, and forgets them. JSON: an object a
// line, not an array. A table has its heading above the first; its columns only ever grow wider.
int output_print_more(struct output *output, struct err *err);
bool output_is_json(const struct output *output);
