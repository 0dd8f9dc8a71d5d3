// SPDX-License-Identifier: Apache-2.0
#include "http/request.h"

#include <strings.h>

#include "base/buffer.h"
#include "base/utf8.h"

enum method request_method(const char *name)
{
    static const struct {
        const char *name;
        enum method method;
    } methods[] = {
        {"GET", METHOD_GET},       {"HEAD", METHOD_GET},        {"POST", METHOD_POST},
        {"DELETE", METHOD_DELETE}, {"OPTIONS", METHOD_OPTIONS},
    };

    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (!strcmp(name, methods[i].name))
            return methods[i].method;
    return METHOD_OTHER;
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

// A decoded text is never longer than the encoded one.
static enum target_fault decode(struct slice from, bool is_query, struct arena *arena,
                                struct slice *out)
{
    char *to = arena_alloc(arena, from.size + 1);
    size_t size = 0;

    if (!to)
        return TARGET_NO_MEMORY;
    for (size_t i = 0; i < from.size; i++) {
        char byte = from.data[i];

        if ((unsigned char)byte <= ' ' || byte == 0x7f)
            return TARGET_BAD_ENCODING;
        if (byte == '%') {
            int high = i + 2 < from.size ? hex_value(from.data[i + 1]) : -1;
            int low = high < 0 ? -1 : hex_value(from.data[i + 2]);

            if (low < 0)
                return TARGET_BAD_ENCODING;
            byte = (char)(high << 4 | low);
            i += 2;
        } else if (byte == '+' && is_query) {
            byte = ' ';
        }
        to[size++] = byte;
    }
    to[size] = '\0';
    *out = (struct slice){to, size};
    return utf8_is_text(*out) ? TARGET_OK : TARGET_NOT_TEXT;
}

// The part of *text before the separator, or all of it; *text becomes what is behind, or null.
static struct slice take_until(struct slice *text, char separator)
{
    const char *at = text->size ? memchr(text->data, separator, text->size) : NULL;
    struct slice part = *text;

    if (!at) {
        *text = SLICE_NULL;
        return part;
    }
    part.size = (size_t)(at - text->data);
    *text = (struct slice){at + 1, text->size - part.size - 1};
    return part;
}

static enum target_fault read_segments(struct request *request, struct arena *arena)
{
    struct slice rest = {request->path.data + 1, request->path.size - 1};

    if (!rest.size)
        return TARGET_OK;
    while (!slice_is_null(rest)) {
        struct slice *segment = &request->segments[request->segment_count];
        enum target_fault fault;

        if (request->segment_count++ == SEGMENTS_MAX)
            return TARGET_TOO_MANY_SEGMENTS;
        fault = decode(take_until(&rest, '/'), false, arena, segment);
        if (fault)
            return fault;
        if (slice_equal(*segment, SLICE_LITERAL(".")) || slice_equal(*segment, SLICE_LITERAL("..")))
            return TARGET_DOT_SEGMENT;
    }
    return TARGET_OK;
}

static enum target_fault read_parameters(struct request *request, struct arena *arena)
{
    struct slice rest = request->query;

    while (!slice_is_null(rest)) {
        struct slice value = take_until(&rest, '&'), name;
        struct named_text *parameter = &request->parameters[request->parameter_count];
        enum target_fault fault;

        if (!value.size)
            continue; // "a=1&&b=2"
        if (request->parameter_count++ == PARAMETERS_MAX)
            return TARGET_TOO_MANY_PARAMETERS;
        name = take_until(&value, '=');
        fault = decode(name, true, arena, &parameter->name);
        if (!fault)
            fault = decode(value, true, arena, &parameter->value);
        if (fault)
            return fault;
    }
    return TARGET_OK;
}

enum target_fault request_read_target(struct request *request, struct slice target,
                                      struct arena *arena)
{
    enum target_fault fault;

    if (target.size > TARGET_MAX_BYTES)
        return TARGET_TOO_LONG;
    if (!target.size || target.data[0] != '/')
        return TARGET_NOT_A_PATH;
    request->query = target;
    request->path = take_until(&request->query, '?');
    request->segment_count = request->parameter_count = 0;
    fault = read_segments(request, arena);
    return fault ? fault : read_parameters(request, arena);
}

const char *target_fault_text(enum target_fault fault)
{
    static const char *const texts[] = {
        [TARGET_TOO_LONG] = "the address is longer than 8 KiB",
        [TARGET_NOT_A_PATH] = "the address is no path that begins with a slash",
        [TARGET_BAD_ENCODING] = "the address is not percent-encoded as it should be",
        [TARGET_NOT_TEXT] = "the address, decoded, is not UTF-8 without U+0000",
        [TARGET_DOT_SEGMENT] =
            "the address has a segment \".\" or \"..\": ~ goes before such an id",
        [TARGET_TOO_MANY_SEGMENTS] = "the address has more segments than any of ours",
        [TARGET_TOO_MANY_PARAMETERS] = "the address has more than 64 parameters",
        [TARGET_NO_MEMORY] = "out of memory",
    };

    return texts[fault];
}

size_t request_header_count(const struct request *request, const char *name)
{
    size_t count = 0, size = strlen(name);

    for (size_t i = 0; i < request->header_count; i++) {
        struct slice there = request->headers[i].name;

        count += there.size == size && !strncasecmp(there.data, name, size);
    }
    return count;
}

struct slice request_header(const struct request *request, const char *name)
{
    size_t size = strlen(name);

    if (request_header_count(request, name) != 1)
        return SLICE_NULL;
    for (size_t i = 0; i < request->header_count; i++) {
        struct slice there = request->headers[i].name;

        if (there.size == size && !strncasecmp(there.data, name, size))
            return slice_trimmed(request->headers[i].value);
    }
    return SLICE_NULL;
}

void request_encode(struct buffer *out, struct slice text)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];

        if ((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
            (byte >= 'A' && byte <= 'Z') || (byte && strchr("-._~", byte)))
            buffer_append(out, &byte, 1);
        else
            buffer_append(out, (char[]){'%', digits[byte >> 4], digits[byte & 15]}, 3);
    }
}

// Whether it is "." or "..", maybe behind tildes.
static bool ends_in_dots_alone(struct slice text)
{
    size_t tildes = 0, dots;

    while (tildes < text.size && text.data[tildes] == '~')
        tildes++;
    dots = text.size - tildes;
    return (dots == 1 || dots == 2) && text.data[tildes] == '.' && text.data[text.size - 1] == '.';
}

void request_encode_id(struct buffer *out, struct slice id)
{
    if (ends_in_dots_alone(id))
        buffer_append(out, "~", 1);
    request_encode(out, id);
}

struct slice request_id_of_segment(struct slice segment)
{
    if (segment.size > 1 && ends_in_dots_alone(segment) && *segment.data == '~')
        return (struct slice){segment.data + 1, segment.size - 1};
    return segment;
}
