// SPDX-License-Identifier: Apache-2.0
#include "api/query_values.h"

#include "base/time_us.h"

enum { OFFSET_BEGINS_AT = 11 }; // in 2026-11-23T15:00:00+01:00, or later

bool query_value_next(struct slice *list, struct slice *part)
{
    const char *comma;

    if (slice_is_null(*list))
        return false;
    comma = list->size ? memchr(list->data, ',', list->size) : NULL;
    *part = *list;
    if (comma) {
        part->size = (size_t)(comma - list->data);
        *list = (struct slice){comma + 1, list->size - part->size - 1};
    } else {
        *list = SLICE_NULL;
    }
    return true;
}

bool query_value_next_type(struct slice *list, struct arena *arena, struct slice *type,
                           bool *failed)
{
    size_t size = 0, at = 0;
    char *text;

    if (slice_is_null(*list))
        return false;
    text = arena_alloc(arena, list->size + 1);
    *failed = !text;
    if (!text)
        return false;
    for (; at < list->size && list->data[at] != ','; at++) {
        if (list->data[at] == '\\' && at + 1 < list->size &&
            (list->data[at + 1] == ',' || list->data[at + 1] == '\\'))
            at++;
        text[size++] = list->data[at];
    }
    *type = (struct slice){text, size};
    *list =
        at == list->size ? SLICE_NULL : (struct slice){list->data + at + 1, list->size - at - 1};
    return true;
}

bool query_value_write_type(struct slice type, struct arena *arena, struct slice *out)
{
    char *text = arena_alloc(arena, 2 * type.size + 1);
    size_t size = 0;

    if (!text)
        return false;
    for (size_t i = 0; i < type.size; i++) {
        if (type.data[i] == ',' || type.data[i] == '\\')
            text[size++] = '\\';
        text[size++] = type.data[i];
    }
    *out = (struct slice){text, size};
    return true;
}

bool query_value_number(struct slice text, int64_t most, int64_t *out)
{
    *out = 0;
    if (!text.size)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        if (*out <= most)
            *out = *out * 10 + (text.data[i] - '0');
    }
    if (*out > most)
        *out = most;
    return true;
}

// The '+' of an offset that came unencoded is a blank by now.
static bool read_moment(struct slice text, struct arena *arena, int64_t *out)
{
    struct slice copy;

    if (!arena_copy(arena, text, &copy))
        return false;
    for (size_t i = OFFSET_BEGINS_AT; i < copy.size; i++)
        if (copy.data[i] == ' ')
            ((char *)copy.data)[i] = '+';
    return time_parse_us(copy, out) && *out >= QUERY_MOMENT_FIRST_US &&
           *out <= QUERY_MOMENT_LAST_US;
}

static bool read_bound(struct slice text, struct arena *arena, int64_t *out)
{
    *out = TIME_NONE;
    if (!text.size || slice_equal(text, SLICE_LITERAL("..")))
        return true;
    return read_moment(text, arena, out);
}

bool query_value_interval(struct slice value, struct arena *arena, int64_t *from_us, int64_t *to_us)
{
    const char *slash = value.size ? memchr(value.data, '/', value.size) : NULL;
    struct slice from = value, to;

    if (!slash) {
        if (!read_moment(value, arena, from_us))
            return false;
        *to_us = *from_us;
        return true;
    }
    from.size = (size_t)(slash - value.data);
    to = (struct slice){slash + 1, value.size - from.size - 1};
    if (!read_bound(from, arena, from_us) || !read_bound(to, arena, to_us))
        return false;
    return *from_us == TIME_NONE || *to_us == TIME_NONE || *from_us <= *to_us;
}
