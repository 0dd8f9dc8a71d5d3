// SPDX-License-Identifier: Apache-2.0
#include "http/json_build.h"

#include "base/time_us.h"
#include "json/parse.h"

// Of a double: all that decimals keep, and no digit that only its binary form has.
enum { REAL_DIGITS = 15 };

static _Thread_local bool failed; // since json_build_begin

void json_build_begin(void)
{
    failed = false;
    json_memory_watch();
}

static int append(const char *text, size_t size, void *self)
{
    struct buffer *out = self;

    buffer_append(out, text, size);
    return out->failed ? -1 : 0;
}

bool json_build_text(json_t *json, struct buffer *out)
{
    bool made;

    buffer_clear(out);
    made =
        json &&
        !json_dump_callback(json, append, out, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS)) &&
        !json_memory_ran_out() && !failed;
    json_decref(json);
    return made;
}

void json_build_end(json_t *json, struct response *response, const char *media_type)
{
    response->media_type = media_type;
    if (!json_build_text(json, &response->body))
        response->failed = true;
}

void json_build_fail(void)
{
    failed = true;
}

void put(json_t *object, const char *name, json_t *value)
{
    // This fails without memory alone, which json_build_end notices.
    (void)!json_object_set_new_nocheck(object, name, value);
}

void put_text(json_t *object, const char *name, struct slice text)
{
    if (!slice_is_null(text))
        put(object, name, json_stringn_nocheck(text.data, text.size));
}

void put_integer(json_t *object, const char *name, int64_t value)
{
    put(object, name, json_integer(value));
}

void put_boolean(json_t *object, const char *name, bool value)
{
    put(object, name, json_boolean(value));
}

void put_time(json_t *object, const char *name, int64_t time_us)
{
    char text[TIME_TEXT_SIZE];

    if (time_us == TIME_NONE)
        return;
    time_format_us(time_us, text);
    put_text(object, name, slice_of(text));
}

void put_uuid(json_t *object, const char *name, const struct uuid *uuid)
{
    static const struct uuid none;
    char text[UUID_TEXT_SIZE];

    if (!uuid_compare(uuid, &none))
        return;
    uuid_format(uuid, text);
    put_text(object, name, slice_of(text));
}
