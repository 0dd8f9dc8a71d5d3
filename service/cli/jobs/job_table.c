// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/job_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "cli/jobs/job_members.h"
#include "cli/jobs/job_words.h"
#include "cli/terminal/json_text.h"

enum { MESSAGE_SHOWN_BYTES = 200 };

static const char *const columns[] = {"id",      "type",    "status",  "progress",
                                      "created", "updated", "message", NULL};

struct job_table {
    struct output *output; // owned
    bool lines;
    size_t count; // of objects in the array so far
};

int job_table_new(const struct arguments *arguments, bool lines, struct job_table **out,
                  struct err *err)
{
    struct job_table *table = calloc(1, sizeof *table);
    int rc;

    if (!table)
        return err_no_memory(err);
    rc = output_new(arguments, columns, &table->output, err);
    if (rc) {
        free(table);
        return rc;
    }
    table->lines = lines;
    *out = table;
    return DONE;
}

void job_table_free(struct job_table *table)
{
    if (table)
        output_free(table->output);
    free(table);
}

static int print_json(struct job_table *table, const json_t *object, struct err *err)
{
    char *text = json_text(object, JSON_COMPACT | JSON_ENSURE_ASCII);

    if (!text)
        return err_no_memory(err);
    if (table->lines)
        printf("%s\n", text);
    else
        printf("%s%s", table->count ? ",\n " : "[\n ", text);
    table->count++;
    free(text);
    return DONE;
}

static void add_time(struct output *output, const json_t *job, const char *name)
{
    char text[JOB_TIME_SIZE];

    output_text(output, job_time(job, name, text) ? slice_of(text) : SLICE_NULL);
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
    add_time(output, job, "created");
    add_time(output, job, "updated");
    buffer_free(&status);
    return add_message(output, job, err);
}

int job_table_add(struct job_table *table, const json_t *job, struct err *err)
{
    return output_is_json(table->output) ? print_json(table, job, err)
                                         : add_row(table, job, false, err);
}

int job_table_add_gone(struct job_table *table, const json_t *job, struct err *err)
{
    json_t *object;
    int rc;

    if (!output_is_json(table->output))
        return add_row(table, job, true, err);
    object = json_copy((json_t *)job);
    if (object && !json_object_set_new(object, "gone", json_true()))
        rc = print_json(table, object, err);
    else
        rc = err_no_memory(err);
    json_decref(object);
    return rc;
}

int job_table_flush(struct job_table *table, struct err *err)
{
    int rc = output_print_more(table->output, err);

    if (!rc && table->lines && (fflush(stdout) || ferror(stdout)))
        rc = err_set(err, FATAL, "OUTPUT", "cannot write to standard output");
    return rc;
}

int job_table_end(struct job_table *table, struct err *err)
{
    if (output_is_json(table->output) && !table->lines)
        printf("%s", table->count ? "\n]\n" : "[]\n");
    return job_table_flush(table, err);
}
