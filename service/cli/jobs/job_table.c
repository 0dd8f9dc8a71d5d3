// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/job_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "cli/jobs/job_csv.h"
#include "cli/jobs/job_members.h"
#include "cli/jobs/job_words.h"
#include "cli/terminal/json_text.h"

enum { MESSAGE_SHOWN_BYTES = 200 };

static const struct output_column columns[] = {
    {"id", {CUT_MIDDLE, 17, 4, 0}},   {"type", {CUT_END, 8, 3, 0}},
    {"status", {CUT_END, 10, 5, 0}},  {"progress", {CUT_END, 8, 6, 5}},
    {"created", {CUT_END, 9, 6, 4}},  {"updated", {CUT_END, 9, 6, 1}},
    {"duration", {CUT_END, 8, 6, 3}}, {"creator", {CUT_MIDDLE, 8, 2, 2}},
    {"message", {CUT_END, 12, 1, 6}}, {NULL, {0}},
};
// Of a list that goes on what changes matters, and when: it is not left out.
static const struct output_column following_columns[] = {
    {"id", {CUT_MIDDLE, 17, 4, 0}},   {"type", {CUT_END, 8, 3, 0}},
    {"status", {CUT_END, 10, 5, 0}},  {"progress", {CUT_END, 8, 6, 5}},
    {"created", {CUT_END, 9, 6, 1}},  {"updated", {CUT_END, 9, 6, 0}},
    {"duration", {CUT_END, 8, 6, 3}}, {"creator", {CUT_MIDDLE, 8, 2, 2}},
    {"message", {CUT_END, 12, 1, 6}}, {NULL, {0}},
};

struct job_table {
    enum job_form form;
    struct output *output; // owned; of FORM_TABLE
    struct buffer text;    // what was added and not printed yet; of the others
    bool goes_on;
    size_t count; // of objects in the array so far
    enum time_style times;
    int64_t now_us;
};

static const char *paint(const char *column, struct slice text)
{
    static const struct {
        const char *status, *color;
    } colors[] = {{"running", "36"}, {"successful", "32"}, {"failed", "31"}, {"cancelled", "33"}};

    for (size_t i = 0; !strcmp(column, "status") && i < sizeof colors / sizeof *colors; i++)
        if (text.size >= strlen(colors[i].status) &&
            !memcmp(text.data, colors[i].status, strlen(colors[i].status)))
            return colors[i].color;
    return NULL;
}

static int read_look(struct job_table *table, const struct arguments *arguments, struct err *err)
{
    bool wants_color;
    int rc = time_style_read(arguments, screen_columns(STDOUT_FILENO),
                             table->goes_on ? TIMES_THAT_STAY : TIMES_OF_ROWS, &table->times, err);

    if (table->times == TIME_EXACT)
        table->times = TIME_ZULU; // to the second; JSON and CSV have all of it
    if (!rc)
        rc = screen_wants_color(arguments, STDOUT_FILENO, &wants_color, err);
    if (!rc && table->output && wants_color)
        output_set_paint(table->output, paint);
    return rc;
}

int job_form_read(const struct arguments *arguments, bool goes_on, enum job_form *out,
                  struct err *err)
{
    static const char *const names[] = {
        [FORM_TABLE] = "table", [FORM_JSON] = "json", [FORM_LINES] = "jsonl", [FORM_CSV] = "csv"};
    const char *text = arguments_value(arguments, "output");
    size_t form = 0;

    while (text && form < sizeof names / sizeof *names && strcmp(text, names[form]) != 0)
        form++;
    if (form == sizeof names / sizeof *names)
        return err_set(err, FATAL, "USAGE",
                       "--output: \"%.40s\": expected table, json, jsonl or csv", text);
    if (form == FORM_CSV && goes_on)
        return err_set(err, FATAL, "USAGE",
                       "--output csv is for a list that ends: with --follow it is table or json");
    *out = form == FORM_JSON && goes_on ? FORM_LINES : (enum job_form)form;
    return DONE;
}

int job_table_new(const struct arguments *arguments, enum job_form form, bool goes_on,
                  struct job_table **out, struct err *err)
{
    struct job_table *table = calloc(1, sizeof *table);
    int rc = DONE;

    if (!table)
        return err_no_memory(err);
    table->form = form;
    table->goes_on = goes_on;
    if (form == FORM_TABLE)
        rc = output_new(arguments, goes_on ? OUTPUT_GROWING : OUTPUT_TABLE,
                        goes_on ? following_columns : columns, &table->output, err);
    if (form == FORM_CSV)
        job_csv_heading(&table->text);
    if (!rc)
        rc = read_look(table, arguments, err);
    if (rc) {
        job_table_free(table);
        return rc;
    }
    *out = table;
    return DONE;
}

void job_table_free(struct job_table *table)
{
    if (!table)
        return;
    output_free(table->output);
    buffer_free(&table->text);
    free(table);
}

void job_table_set_now(struct job_table *table, int64_t now_us)
{
    table->now_us = now_us;
}

static int add_json(struct job_table *table, const json_t *object, struct err *err)
{
    char *text = json_text(object, JSON_COMPACT | JSON_ENSURE_ASCII);

    if (!text)
        return err_no_memory(err);
    if (table->form == FORM_LINES)
        buffer_append_format(&table->text, "%s\n", text);
    else
        buffer_append_format(&table->text, "%s%s", table->count ? ",\n " : "[\n ", text);
    table->count++;
    free(text);
    return DONE;
}

static void add_time(const struct job_table *table, const json_t *job, const char *name)
{
    char text[TIME_WORDS_SIZE];

    time_words(member_time(job, name), table->times, table->now_us, text);
    output_text(table->output, *text ? slice_of(text) : SLICE_NULL);
}

// Of the attempt that counts: to its end, or to now while it runs.
static void add_duration(const struct job_table *table, const json_t *job)
{
    int64_t started_us = member_time(job, "started"), until_us = member_time(job, "finished");
    char text[TIME_WORDS_SIZE];

    if (until_us == TIME_NONE && member_is(job, "status", "running"))
        until_us = table->now_us;
    if (started_us == TIME_NONE || until_us == TIME_NONE) {
        output_text(table->output, SLICE_NULL);
        return;
    }
    span_words(until_us - started_us, text);
    output_text(table->output, slice_of(text));
}

// Ends with "…" where it is too long for a row.
static int add_message(struct output *output, const json_t *job, struct err *err)
{
    struct slice message = member_text(job, "message");
    struct arena arena;
    int rc = DONE;

    arena_init(&arena);
    if (message.size > MESSAGE_SHOWN_BYTES && !utf8_shorten(&message, MESSAGE_SHOWN_BYTES, &arena))
        rc = err_no_memory(err);
    output_text(output, message);
    arena_reset(&arena);
    return rc;
}

static int add_row(struct job_table *table, const json_t *job, bool is_gone, struct err *err)
{
    struct output *output = table->output;
    int progress = job_progress(job);
    struct buffer status;
    char text[16];

    buffer_init(&status);
    job_status_words(job, &status);
    if (is_gone)
        buffer_append_text(&status, ", no longer listed");
    if (status.failed) {
        buffer_free(&status);
        return err_no_memory(err);
    }
    snprintf(text, sizeof text, "%d %%", progress);
    output_text(output, member_text(job, "jobID"));
    output_text(output, member_text(job, "processID"));
    output_text(output, buffer_slice(&status));
    output_text(output, progress < 0 ? SLICE_NULL : slice_of(text));
    add_time(table, job, "created");
    add_time(table, job, "updated");
    add_duration(table, job);
    output_text(output, member_text(job, "creatorID"));
    buffer_free(&status);
    return add_message(output, job, err);
}

int job_table_add(struct job_table *table, const json_t *job, struct err *err)
{
    if (table->form == FORM_TABLE)
        return add_row(table, job, false, err);
    if (table->form != FORM_CSV)
        return add_json(table, job, err);
    job_csv_line(job, isatty(STDOUT_FILENO) == 1, &table->text);
    return DONE;
}

int job_table_add_gone(struct job_table *table, const json_t *job, struct err *err)
{
    json_t *object;
    int rc;

    if (table->form == FORM_TABLE)
        return add_row(table, job, true, err);
    object = json_copy((json_t *)job);
    if (object && !json_object_set_new(object, "gone", json_true()))
        rc = add_json(table, object, err);
    else
        rc = err_no_memory(err);
    json_decref(object);
    return rc;
}

int job_table_flush(struct job_table *table, struct err *err)
{
    int rc = DONE;

    if (table->form == FORM_TABLE)
        rc = output_print_more(table->output, err);
    else if (table->text.failed)
        rc = err_no_memory(err);
    else if (table->text.size)
        fwrite(table->text.data, 1, table->text.size, stdout);
    buffer_clear(&table->text);
    if (!rc && (fflush(stdout) || ferror(stdout)))
        rc = err_set(err, FATAL, "OUTPUT", "cannot write to standard output");
    return rc;
}

int job_table_end(struct job_table *table, struct err *err)
{
    if (table->form == FORM_JSON)
        buffer_append_text(&table->text, table->count ? "\n]\n" : "[]\n");
    return job_table_flush(table, err);
}
