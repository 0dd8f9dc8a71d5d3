// SPDX-License-Identifier: Apache-2.0
#include "page/page_index.h"

static const char folder[] = "../page/", name_mark[] = "{name}", language_begin[] = "words_";
static const char each_begin[] = "<!-- each module -->", each_end[] = "<!-- /each module -->";

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
                            const char *value)
{
    struct slice rest = text;

    while (cut(rest, mark, &text, &rest)) {
        buffer_append(out, text.data, text.size);
        buffer_append_text(out, value);
    }
    buffer_append(out, text.data, text.size);
}

// The languages are none of them: the page fetches the one that its reader reads.
static bool is_module(const char *name)
{
    size_t size = strlen(name);

    return size > 3 && !strcmp(name + size - 3, ".js") &&
           strncmp(name, language_begin, sizeof language_begin - 1) != 0;
}

static void append_each(struct buffer *out, struct slice piece, const struct embedded_file *files,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_module(files[i].name))
            append_replaced(out, piece, name_mark, files[i].name);
}

void page_index(struct slice text, const struct embedded_file *files, size_t count,
                const char *version, struct buffer *out)
{
    struct buffer listed = {0}, address = {0};
    struct slice piece, rest;

    if (cut(text, each_begin, &text, &rest)) {
        buffer_append(&listed, text.data, text.size);
        if (cut(rest, each_end, &piece, &text))
            append_each(&listed, piece, files, count);
        else
            text = rest;
    }
    buffer_append(&listed, text.data, text.size);
    buffer_append_format(&address, "%s%s/", folder, version);
    buffer_append(&address, "", 1);
    if (listed.failed || address.failed)
        out->failed = true;
    else
        append_replaced(out, buffer_slice(&listed), folder, address.data);
    buffer_free(&listed);
    buffer_free(&address);
}
