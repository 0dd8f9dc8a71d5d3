// SPDX-License-Identifier: Apache-2.0
#include "wire/random_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { TEXT_ROOM = 64 };

static bool is_uuid(const char *name)
{
    return name && (!strcmp(name, "event_id") || !strcmp(name, "command_id"));
}

// NUL-terminated; its length.
static size_t random_text(struct dice *dice, const char *name, char text[TEXT_ROOM])
{
    static const char *const pieces[] = {"a",          "job-", "\xc3\xa9", "\xe2\x82\xac",
                                         "0123456789", " "};
    size_t length = 0;

    if (is_uuid(name))
        return (size_t)snprintf(text, TEXT_ROOM, "%08x-%04x-4%03x-8%03x-%012llx",
                                (unsigned)dice_roll(dice, UINT32_MAX),
                                (unsigned)dice_roll(dice, 65536), (unsigned)dice_roll(dice, 4096),
                                (unsigned)dice_roll(dice, 4096),
                                (unsigned long long)dice_roll(dice, UINT64_C(1) << 48));
    text[0] = '\0';
    for (uint64_t i = dice_roll(dice, 6); i > 0; i--)
        length +=
            (size_t)snprintf(text + length, TEXT_ROOM - length, "%s", pieces[dice_roll(dice, 6)]);
    return length;
}

static int64_t random_long(struct dice *dice)
{
    int64_t value = (int64_t)(dice_roll(dice, UINT64_MAX) >> dice_roll(dice, 63));

    return dice_roll(dice, 2) ? value : -value;
}

static void random_children(struct dice *dice, avro_value_t *value, avro_type_t type)
{
    avro_value_t child;
    const char *name;
    size_t count = dice_roll(dice, 4);

    if (type == AVRO_RECORD)
        avro_value_get_size(value, &count);
    for (size_t i = 0; i < count; i++) {
        char key[8];

        snprintf(key, sizeof key, "k%d", (int)i);
        if (type == AVRO_RECORD)
            avro_value_get_by_index(value, i, &child, &name);
        else if (type == AVRO_ARRAY)
            avro_value_append(value, &child, NULL);
        else
            avro_value_add(value, key, &child, NULL, NULL);
        random_value(dice, &child, type == AVRO_RECORD ? name : NULL);
    }
}

static void random_branch(struct dice *dice, avro_value_t *value, const char *name)
{
    avro_schema_t schema = avro_value_get_schema(value);
    size_t count = avro_schema_union_size(schema);
    avro_value_t branch;

    assert_int_equal(avro_value_set_branch(value, (int)dice_roll(dice, count), &branch), 0);
    random_value(dice, &branch, name);
}

void random_value(struct dice *dice, avro_value_t *value, const char *name)
{
    char text[TEXT_ROOM];
    avro_type_t type = avro_value_get_type(value);
    avro_schema_t schema = avro_value_get_schema(value);

    switch (type) {
    case AVRO_STRING: {
        size_t size = random_text(dice, name, text);

        avro_value_set_string_len(value, text, size + 1);
        break;
    }
    case AVRO_BYTES:
        avro_value_set_bytes(value, text, random_text(dice, name, text));
        break;
    case AVRO_INT32:
        avro_value_set_int(value, (int32_t)random_long(dice));
        break;
    case AVRO_INT64:
        avro_value_set_long(value, random_long(dice));
        break;
    case AVRO_FLOAT:
        avro_value_set_float(value, 1.5f);
        break;
    case AVRO_DOUBLE:
        avro_value_set_double(value, -2.25);
        break;
    case AVRO_BOOLEAN:
        avro_value_set_boolean(value, (int)dice_roll(dice, 2));
        break;
    case AVRO_ENUM:
        avro_value_set_enum(
            value, (int)dice_roll(dice, (uint64_t)avro_schema_enum_number_of_symbols(schema)));
        break;
    case AVRO_FIXED:
        memset(text, 'x', sizeof text);
        avro_value_set_fixed(value, text, (size_t)avro_schema_fixed_size(schema));
        break;
    case AVRO_UNION:
        random_branch(dice, value, name);
        break;
    case AVRO_RECORD:
    case AVRO_ARRAY:
    case AVRO_MAP:
        random_children(dice, value, type);
        break;
    default:
        avro_value_set_null(value);
    }
}
