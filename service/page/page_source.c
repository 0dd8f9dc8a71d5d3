// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE // memmem
#include "page/page_source.h"

static bool begins(struct slice line, const char *with)
{
    return line.size >= 2 && !memcmp(line.data, with, 2);
}

static struct slice without_indentation(struct slice line)
{
    while (line.size && (*line.data == ' ' || *line.data == '\t'))
        line = (struct slice){line.data + 1, line.size - 1};
    return line;
}

// Leaves of the line what stands behind the comment's end. False: that is not in it.
static bool behind_comment(struct slice *line)
{
    const char *end = memmem(line->data, line->size, "*/", 2);

    if (!end)
        return false;
    end += 2;
    *line = without_indentation((struct slice){end, (size_t)(line->data + line->size - end)});
    return true;
}

void page_source(struct slice text, struct buffer *out)
{
    bool in_comment = false;

    while (text.size) {
        const char *newline = memchr(text.data, '\n', text.size);
        size_t size = newline ? (size_t)(newline - text.data) : text.size;
        struct slice line = without_indentation((struct slice){text.data, size});

        in_comment |= begins(line, "/*");
        if (in_comment)
            in_comment = !behind_comment(&line);
        if (!in_comment && !begins(line, "//"))
            buffer_append(out, line.data, line.size);
        if (newline)
            buffer_append(out, newline, 1);
        size += newline ? 1 : 0;
        text = (struct slice){text.data + size, text.size - size};
    }
}
