// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/wrapped.h"

void wrapped_append(const char *text, size_t at, struct buffer *out)
{
    size_t column = at;

    while (*text) {
        size_t size = strcspn(text, " ");

        if (column > at && column + 1 + size > WRAPPED_WIDTH) {
            buffer_append_format(out, "\n%*s", (int)at, "");
            column = at;
        } else if (column > at) {
            buffer_append_text(out, " ");
            column++;
        }
        buffer_append(out, text, size);
        column += size;
        text += size;
        text += strspn(text, " ");
    }
    buffer_append_text(out, "\n");
}
