// SPDX-License-Identifier: Apache-2.0
#include "page/page_index.h"

static const char folder[] = "../page/", language_begin[] = "words_", later_begin[] = "later_",
                  script_end[] = ".js";

// Cuts *text before the mark, and *rest behind it. False, and all is in *text: it is not there.
static bool cut(struct slice from, const char *mark, struct slice *text, struct slice *rest)
{
    size_t size = strlen(mark);

    for (size_t i = 0; i + size <= from.size; i++)
        if (!memcmp(from.data + i, mark, size)) {
            *text = (struct slice){from.data, i};
            *rest = (struct slice){from.data + i + size, from.size - i - size};
            return true;
        }
    *text = from;
    return false;
}

static void append_replaced(struct buffer *out, struct slice text, const char *mark,
                            struct slice value)
{
    struct slice rest = text;

    while (cut(rest, mark, &text, &rest)) {
        buffer_append(out, text.data, text.size);
        buffer_append(out, value.data, value.size);
    }
    buffer_append(out, text.data, text.size);
}

static bool is_script(const char *name)
{
    size_t size = strlen(name), end_size = sizeof script_end - 1;

    return size > end_size && !strcmp(name + size - end_size, script_end);
}

static bool is_language(const char *name)
{
    return is_script(name) && !strncmp(name, language_begin, sizeof language_begin - 1);
}

static bool is_fetched_later(const char *name)
{
    return !strncmp(name, later_begin, sizeof later_begin - 1);
}

// The languages are not among the modules, nor is what few visits need: the page fetches the
// language that is chosen, and the rest when it is asked for.
static void append_module(struct buffer *out, struct slice piece, const struct embedded_file *file)
{
    if (is_script(file->name) && !is_language(file->name) && !is_fetched_later(file->name))
        append_replaced(out, piece, "{name}", slice_of(file->name));
}

static void append_language(struct buffer *out, struct slice piece,
                            const struct embedded_file *file)
{
    struct slice code, text, rest;
    struct buffer with_code = {0};

    if (!is_language(file->name) ||
        !cut(embedded_slice(file), "export const noScript = \"", &text, &rest) ||
        !cut(rest, "\";", &text, &rest))
        return;
    code = slice_of(file->name + sizeof language_begin - 1);
    code.size -= sizeof script_end - 1;
    append_replaced(&with_code, piece, "{code}", code);
    if (with_code.failed)
        out->failed = true;
    else
        append_replaced(out, buffer_slice(&with_code), "{noScript}", text);
    buffer_free(&with_code);
}

// A piece of the index that comes once for each of some files.
static const struct repetition {
    const char *begin, *end;
    void (*append)(struct buffer *out, struct slice piece, const struct embedded_file *file);
} repetitions[] = {
    {"<!-- each module -->", "<!-- /each module -->", append_module},
    {"<!-- each language -->", "<!-- /each language -->", append_language},
};

static void repeat(const struct repetition *repetition, struct slice text,
                   const struct embedded_file *files, size_t count, struct buffer *out)
{
    struct slice before, piece, rest;
    bool begins = cut(text, repetition->begin, &before, &rest);

    buffer_append(out, before.data, before.size);
    if (!begins)
        return;
    if (cut(rest, repetition->end, &piece, &rest))
        for (size_t i = 0; i < count; i++)
            repetition->append(out, piece, &files[i]);
    buffer_append(out, rest.data, rest.size);
}

void page_index(struct slice text, const struct embedded_file *files, size_t count,
                const char *version, struct buffer *out)
{
    struct buffer whole = {0}, address = {0};

    buffer_append(&whole, text.data, text.size);
    for (size_t i = 0; i < sizeof repetitions / sizeof *repetitions; i++) {
        struct buffer next = {0};

        repeat(&repetitions[i], buffer_slice(&whole), files, count, &next);
        next.failed |= whole.failed;
        buffer_free(&whole);
        whole = next;
    }
    buffer_append_format(&address, "%s%s/", folder, version);
    if (whole.failed || address.failed)
        out->failed = true;
    else
        append_replaced(out, buffer_slice(&whole), folder, buffer_slice(&address));
    buffer_free(&whole);
    buffer_free(&address);
}
