// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/job_csv.h"

#include <string.h>

#include "cli/terminal/terminal_text.h"

static const struct {
    const char *name, *within; // within: the object that has it; NULL: the job itself
    const char *member;        // NULL: as its name
} fields[] = {
    {"jobID", NULL, NULL},
    {"processID", NULL, NULL},
    {"creatorID", NULL, NULL},
    {"status", NULL, NULL},
    {"attempt", NULL, NULL},
    {"progress", NULL, NULL},
    {"created", NULL, NULL},
    {"started", NULL, NULL},
    {"finished", NULL, NULL},
    {"updated", NULL, NULL},
    {"errorCode", "exception", "code"},
    {"resultURI", NULL, NULL},
    {"message", NULL, NULL},
};

enum { FIELDS = sizeof fields / sizeof *fields };

static void end_field(size_t place, struct buffer *out)
{
    buffer_append_text(out, place + 1 < FIELDS ? "," : "\r\n");
}

static bool has_any(struct slice text, const char *bytes)
{
    for (size_t i = 0; i < text.size; i++)
        if (strchr(bytes, text.data[i]) && text.data[i])
            return true;
    return false;
}

// What a spreadsheet would run: also by the signs of full width, which some take for the others.
static bool is_formula(struct slice text)
{
    static const char wide[][4] = {"\uff1d", "\uff0b", "\uff0d", "\uff20"};

    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (text.size >= 3 && !memcmp(text.data, wide[i], 3))
            return true;
    return has_any((struct slice){text.data, text.size > 0}, "=+-@\t\r\n");
}

static void append_text(struct slice text, struct buffer *out)
{
    bool is_quoted = has_any(text, "\",\r\n");

    buffer_append_text(out, is_quoted ? "\"" : "");
    buffer_append_text(out, is_formula(text) ? "'" : "");
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"')
            buffer_append_text(out, "\"");
        buffer_append(out, &text.data[i], 1);
    }
    buffer_append_text(out, is_quoted ? "\"" : "");
}

static void append_member(const json_t *value, bool on_terminal, struct buffer *out)
{
    struct slice text = {json_string_value(value), json_string_length(value)};
    struct buffer safe = {0};

    if (on_terminal)
        terminal_text_append(&safe, text);
    append_text(on_terminal ? buffer_slice(&safe) : text, out);
    out->failed |= safe.failed;
    buffer_free(&safe);
}

void job_csv_heading(struct buffer *out)
{
    for (size_t i = 0; i < FIELDS; i++) {
        buffer_append_text(out, fields[i].name);
        end_field(i, out);
    }
}

void job_csv_line(const json_t *job, bool on_terminal, struct buffer *out)
{
    for (size_t i = 0; i < FIELDS; i++) {
        const json_t *object = fields[i].within ? json_object_get(job, fields[i].within) : job;
        const json_t *value =
            json_object_get(object, fields[i].member ? fields[i].member : fields[i].name);

        if (json_is_string(value))
            append_member(value, on_terminal, out);
        if (json_is_integer(value))
            buffer_append_format(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        end_field(i, out);
    }
}
