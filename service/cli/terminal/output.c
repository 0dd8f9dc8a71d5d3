// SPDX-License-Identifier: Apache-2.0
// Rows are gathered as JSON first, whichever way they are printed: a table's columns are as wide
// as their widest cell.
#include "cli/terminal/output.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "cli/terminal/json_text.h"
#include "cli/terminal/screen.h"
#include "cli/terminal/terminal_text.h"
#include "cli/terminal/time_words.h"

struct output {
    enum output_kind kind;
    const struct output_column *columns; // borrowed
    size_t column_count;
    json_t *rows, *row; // owned: all of them, and the one being filled (NULL: none)
    size_t cells;       // in row
    size_t *widths;     // owned, as fits: of a table's columns so far
    struct column_fit *fits;
    size_t screen; // how wide it is; 0: nothing is made to fit
    const char *(*paint)(const char *column, struct slice text); // NULL: there are no colours
    enum time_style times;
    int64_t now_us;   // TIME_NONE: it is asked for
    bool is_fitted;   // widths are final, and 0 for a column that is left out
    bool has_heading; // the table's was written
    bool is_json, failed;
};

int output_read_format(const struct arguments *arguments, bool *is_json, struct err *err)
{
    const char *format = arguments_value(arguments, "output");

    *is_json = format && !strcmp(format, "json");
    if (!format || *is_json || !strcmp(format, "table"))
        return DONE;
    return err_set(err, FATAL, "USAGE", "--output: \"%.40s\": expected table or json", format);
}

static int read_look(struct output *output, const struct arguments *arguments, struct err *err)
{
    static const enum time_use uses[] = {[OUTPUT_TABLE] = TIMES_OF_ROWS,
                                         [OUTPUT_GROWING] = TIMES_THAT_STAY,
                                         [OUTPUT_RECORD] = TIMES_OF_ONE};
    int rc = output_read_format(arguments, &output->is_json, err);

    output->screen = screen_columns(STDOUT_FILENO);
    return rc ? rc
              : time_style_read(arguments, output->screen, uses[output->kind], &output->times, err);
}

int output_new(const struct arguments *arguments, enum output_kind kind,
               const struct output_column *columns, struct output **out, struct err *err)
{
    struct output *output = calloc(1, sizeof *output);
    int rc;

    if (!output)
        return err_no_memory(err);
    output->kind = kind;
    output->columns = columns;
    output->now_us = TIME_NONE;
    while (columns[output->column_count].name)
        output->column_count++;
    output->rows = json_array();
    output->widths = calloc(output->column_count + 1, sizeof *output->widths);
    output->fits = calloc(output->column_count + 1, sizeof *output->fits);
    rc = output->rows && output->widths && output->fits ? read_look(output, arguments, err)
                                                        : err_no_memory(err);
    if (rc)
        output_free(output);
    else
        *out = output;
    return rc;
}

void output_free(struct output *output)
{
    if (!output)
        return;
    json_decref(output->rows);
    json_decref(output->row);
    free(output->widths);
    free(output->fits);
    free(output);
}

static void add_cell(struct output *output, json_t *value)
{
    if (!output->row) {
        output->row = json_object();
        output->cells = 0;
    }
    if (!value || !output->row ||
        json_object_set_new(output->row, output->columns[output->cells].name, value))
        output->failed = true;
    if (++output->cells < output->column_count)
        return;
    if (json_array_append_new(output->rows, output->row))
        output->failed = true;
    output->row = NULL;
}

void output_text(struct output *output, struct slice text)
{
    add_cell(output, json_of_text(text));
}

void output_integer(struct output *output, int64_t number)
{
    add_cell(output, json_integer(number));
}

void output_count(struct output *output, int64_t number)
{
    add_cell(output, number < 0 ? json_null() : json_integer(number));
}

void output_time(struct output *output, int64_t time_us)
{
    char text[TIME_WORDS_SIZE];

    time_words(time_us, output->is_json ? TIME_EXACT : output->times,
               output->now_us == TIME_NONE ? clock_now_us() : output->now_us, text);
    add_cell(output, time_us == TIME_NONE ? json_null() : json_string(text));
}

static void write_cell(struct buffer *out, const json_t *cell)
{
    if (json_is_integer(cell))
        buffer_append_format(out, "%" JSON_INTEGER_FORMAT, json_integer_value(cell));
    if (json_is_null(cell))
        buffer_append_text(out, "-");
    if (json_is_string(cell))
        terminal_text_append(out,
                             (struct slice){json_string_value(cell), json_string_length(cell)});
}

void output_set_paint(struct output *output,
                      const char *(*paint)(const char *column, struct slice text))
{
    output->paint = paint;
}

void output_set_now(struct output *output, int64_t now_us)
{
    output->now_us = now_us;
}

static void write_padded(struct buffer *out, const struct buffer *cell, const char *color,
                         size_t width, bool is_last)
{
    struct slice text = buffer_slice(cell);

    if (color)
        buffer_append_format(out, "\x1b[%sm", color);
    buffer_append(out, text.data, text.size);
    if (color)
        buffer_append_text(out, "\x1b[0m");
    for (size_t i = terminal_text_width(text); !is_last && i < width + 2; i++)
        buffer_append_text(out, " ");
    if (is_last)
        buffer_append_text(out, "\n");
}

static void read_cell(struct buffer *cell, const struct output *output, size_t row, size_t column)
{
    const json_t *object = json_array_get(output->rows, row);

    buffer_clear(cell);
    write_cell(cell, json_object_get(object, output->columns[column].name));
}

static void write_heading(struct buffer *cell, const char *column)
{
    buffer_clear(cell);
    for (; *column; column++) {
        char byte = *column == '_'                       ? ' '
                    : (*column >= 'a' && *column <= 'z') ? (char)(*column - 'a' + 'A')
                                                         : *column;
        buffer_append(cell, &byte, 1);
    }
}

static void widen(const struct output *output, struct buffer *cell)
{
    for (size_t column = 0; column < output->column_count; column++) {
        size_t *width = &output->widths[column];

        if (strlen(output->columns[column].name) > *width)
            *width = strlen(output->columns[column].name);
        for (size_t row = 0; row < json_array_size(output->rows); row++) {
            read_cell(cell, output, row, column);
            if (terminal_text_width(buffer_slice(cell)) > *width)
                *width = terminal_text_width(buffer_slice(cell));
        }
    }
}

// Once: a heading that was written stays.
static void fit(const struct output *output)
{
    size_t last = output->column_count - 1, sum = 0;

    for (size_t column = 0; column <= last; column++) {
        output->fits[column] = output->columns[column].fit;
        if (output->kind == OUTPUT_GROWING && output->widths[column] < output->fits[column].least)
            output->widths[column] = output->fits[column].least;
    }
    table_fit(output->fits, output->column_count, output->screen, output->widths);
    for (size_t column = 0; column <= last; column++)
        sum += output->widths[column] ? output->widths[column] + (sum ? TABLE_GAP : 0) : 0;
    if (output->widths[last] && sum < output->screen)
        output->widths[last] += output->screen - sum;
}

static size_t last_shown(const struct output *output)
{
    size_t last = output->column_count - 1;

    while (last && !output->widths[last])
        last--;
    return last;
}

// In what is left of it where the table is made to fit.
static void write_fitted(struct buffer *out, const struct output *output, size_t column,
                         const struct buffer *cell, bool is_heading)
{
    const struct output_column *of = &output->columns[column];
    const char *color = NULL;
    struct buffer cut = {0};

    if (!output->widths[column])
        return;
    if (output->paint && !is_heading)
        color = output->paint(of->name, buffer_slice(cell));
    if (output->screen)
        table_cut(buffer_slice(cell), of->fit.cut, output->widths[column], &cut);
    write_padded(out, output->screen ? &cut : cell, color, output->widths[column],
                 column == last_shown(output));
    out->failed |= cut.failed;
    buffer_free(&cut);
}

static void write_table(struct output *output, struct buffer *out)
{
    struct buffer cell;

    buffer_init(&cell);
    if (!output->is_fitted)
        widen(output, &cell);
    if (!output->is_fitted && output->screen) {
        fit(output);
        output->is_fitted = true;
    }
    for (size_t column = 0; !output->has_heading && column < output->column_count; column++) {
        write_heading(&cell, output->columns[column].name);
        write_fitted(out, output, column, &cell, true);
    }
    for (size_t row = 0; row < json_array_size(output->rows); row++)
        for (size_t column = 0; column < output->column_count; column++) {
            read_cell(&cell, output, row, column);
            write_fitted(out, output, column, &cell, false);
        }
    out->failed = out->failed || cell.failed;
    buffer_free(&cell);
}

static void write_json_lines(struct output *output, struct buffer *out)
{
    for (size_t row = 0; row < json_array_size(output->rows); row++) {
        char *text =
            json_dumps(json_array_get(output->rows, row), JSON_COMPACT | JSON_ENSURE_ASCII);

        if (!text) {
            out->failed = true;
            return;
        }
        buffer_append_text(out, text);
        buffer_append_text(out, "\n");
        free(text);
    }
}

static void write_json(struct output *output, struct buffer *out)
{
    char *text = json_dumps(output->rows, JSON_INDENT(2) | JSON_ENSURE_ASCII);

    if (!text) {
        out->failed = true;
        return;
    }
    buffer_append_text(out, text);
    buffer_append_text(out, "\n");
    free(text);
}

static void write_record(struct output *output, struct buffer *out)
{
    struct buffer cell;
    size_t width = 0;

    buffer_init(&cell);
    for (size_t column = 0; column < output->column_count; column++)
        if (strlen(output->columns[column].name) > width)
            width = strlen(output->columns[column].name);
    for (size_t row = 0; row < json_array_size(output->rows); row++) {
        buffer_append_text(out, row ? "\n" : "");
        for (size_t column = 0; column < output->column_count; column++) {
            write_heading(&cell, output->columns[column].name);
            write_padded(out, &cell, NULL, width, false);
            read_cell(&cell, output, row, column);
            write_padded(out, &cell, NULL, 0, true);
        }
    }
    out->failed = out->failed || cell.failed;
    buffer_free(&cell);
}

static int print(struct output *output, void (*write)(struct output *, struct buffer *),
                 struct err *err)
{
    struct buffer out;
    int rc = DONE;

    buffer_init(&out);
    write(output, &out);
    if (out.failed || output->failed)
        rc = err_no_memory(err);
    else
        fwrite(out.data, 1, out.size, stdout);
    buffer_free(&out);
    return rc;
}

int output_print(struct output *output, struct err *err)
{
    if (output->is_json)
        return print(output, write_json, err);
    return print(output, output->kind == OUTPUT_RECORD ? write_record : write_table, err);
}

int output_print_or_say(struct output *output, const char *nothing, struct err *err)
{
    if (output->is_json || output->failed || json_array_size(output->rows))
        return output_print(output, err);
    fprintf(stderr, "jobtrail: %s\n", nothing);
    return DONE;
}

int output_print_more(struct output *output, struct err *err)
{
    int rc = DONE;

    if (output->failed)
        return err_no_memory(err);
    if (!json_array_size(output->rows))
        return DONE;
    rc = print(output, output->is_json ? write_json_lines : write_table, err);
    output->has_heading = true;
    json_array_clear(output->rows);
    return rc;
}

bool output_is_json(const struct output *output)
{
    return output->is_json;
}
