// SPDX-License-Identifier: Apache-2.0
#include "http/encoding.h"

#include <strings.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 8 };

static struct slice take_part(struct slice *list, char separator)
{
    const char *at = list->size ? memchr(list->data, separator, list->size) : NULL;
    struct slice part = *list;

    if (at) {
        part.size = (size_t)(at - list->data);
        *list = (struct slice){at + 1, list->size - part.size - 1};
    } else {
        *list = SLICE_NULL;
    }
    return slice_trimmed(part);
}

static bool is_named(struct slice text, const char *name)
{
    return text.size == strlen(name) && !strncasecmp(text.data, name, text.size);
}

// "q=0", "q=0.", "q=0.000": not at all.
static bool is_refused(struct slice parameter)
{
    if (parameter.size < 3 || strncasecmp(parameter.data, "q=0", 3))
        return false;
    for (size_t i = 3; i < parameter.size; i++)
        if (parameter.data[i] != '.' && parameter.data[i] != '0')
            return false;
    return true;
}

bool encoding_takes_gzip(struct slice accept_encoding)
{
    bool by_star = false;

    while (!slice_is_null(accept_encoding)) {
        struct slice rest = take_part(&accept_encoding, ',');
        struct slice coding = take_part(&rest, ';');
        bool refused = !slice_is_null(rest) && is_refused(slice_trimmed(rest));

        if (is_named(coding, "gzip"))
            return !refused;
        if (is_named(coding, "*"))
            by_star = !refused;
    }
    return by_star;
}

bool encoding_gzip(struct buffer *body, enum encoding_effort effort)
{
    z_stream stream = {0};
    struct buffer out;
    uLong bound;
    bool done = false;

    if (deflateInit2(&stream, (int)effort, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY))
        return false;
    buffer_init(&out);
    bound = deflateBound(&stream, (uLong)body->size);
    stream.next_in = (Bytef *)body->data;
    stream.avail_in = (uInt)body->size;
    stream.next_out = (Bytef *)buffer_extend(&out, bound);
    stream.avail_out = (uInt)bound;
    if (stream.next_out && deflate(&stream, Z_FINISH) == Z_STREAM_END) {
        out.size = stream.total_out;
        buffer_free(body);
        *body = out;
        buffer_init(&out);
        done = true;
    }
    deflateEnd(&stream);
    buffer_free(&out);
    return done;
}
