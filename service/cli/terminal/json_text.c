// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/json_text.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "json/parse.h"

char *json_text(const json_t *json, size_t flags)
{
    char *text;

    json_memory_watch();
    text = json_dumps(json, flags);
    if (!json_memory_ran_out())
        return text;
    free(text);
    return NULL;
}

int json_print_line(json_t *object, struct err *err)
{
    char *text = object ? json_text(object, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;

    json_decref(object);
    if (!text)
        return err_no_memory(err);
    printf("%s\n", text);
    fflush(stdout);
    free(text);
    return DONE;
}

static json_t *repaired(struct slice text)
{
    struct buffer out;
    json_t *value;

    buffer_init(&out);
    while (text.size) {
        size_t length = 0;

        for (size_t size = 1; !length && size <= 4 && size <= text.size; size++)
            if (utf8_is_text((struct slice){text.data, size}))
                length = size;
        if (length)
            buffer_append(&out, text.data, length);
        else
            buffer_append_text(&out, "\xef\xbf\xbd"); // U+FFFD
        length = length ? length : 1;
        text = (struct slice){text.data + length, text.size - length};
    }
    value = out.failed ? NULL : json_stringn(out.data ? out.data : "", out.size);
    buffer_free(&out);
    return value;
}

json_t *json_of_text(struct slice text)
{
    if (slice_is_null(text))
        return json_null();
    return utf8_is_text(text) ? json_stringn(text.data, text.size) : repaired(text);
}
