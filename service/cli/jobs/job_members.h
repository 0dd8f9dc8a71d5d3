// SPDX-License-Identifier: Apache-2.0
// Reading what the API answers: a member that is missing or of another type is absent, never an
// error, since a later server may say more or less.
#pragma once

#include <jansson.h>

#include "base/slice.h"
#include "base/time_us.h"

// Borrowed from the object; absent if it is no text.
static inline struct slice member_text(const json_t *object, const char *name)
{
    const json_t *member = json_object_get(object, name);

    return (struct slice){json_string_value(member), json_string_length(member)};
}

// "" if it is no text.
static inline const char *member_string(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

static inline int64_t member_integer(const json_t *object, const char *name, int64_t fallback)
{
    const json_t *member = json_object_get(object, name);

    return json_is_integer(member) ? json_integer_value(member) : fallback;
}

static inline bool member_is_true(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

static inline bool member_is(const json_t *object, const char *name, const char *text)
{
    return slice_equal(member_text(object, name), slice_of(text));
}

// TIME_NONE if it is no moment.
static inline int64_t member_time(const json_t *object, const char *name)
{
    struct slice text = member_text(object, name);
    int64_t time_us;

    return !slice_is_null(text) && time_parse_us(text, &time_us) ? time_us : TIME_NONE;
}
