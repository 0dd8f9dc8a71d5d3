// SPDX-License-Identifier: Apache-2.0
#include "wire/random_schema.h"

enum { MOST_EXTRAS = 5, MOST_NESTED = 3 };

struct maker {
    struct dice *dice;
    struct buffer *out;
    int names; // given so far, so that each is another
};

uint64_t dice_roll(struct dice *dice, uint64_t sides)
{
    uint64_t mixed;

    dice->state += UINT64_C(0x9e3779b97f4a7c15); // splitmix64
    mixed = dice->state;
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return (mixed ^ mixed >> 31) % sides;
}

static void add_type(struct maker *maker, int depth);

static void add_named(struct maker *maker, int depth)
{
    int name = maker->names++;
    uint64_t count = dice_roll(maker->dice, 4);

    switch (depth < MOST_NESTED ? dice_roll(maker->dice, 3) : dice_roll(maker->dice, 2)) {
    case 0:
        buffer_append_format(maker->out, "{\"type\":\"fixed\",\"name\":\"N%d\",\"size\":%d}", name,
                             (int)count + 1);
        break;
    case 1:
        buffer_append_format(maker->out, "{\"type\":\"enum\",\"name\":\"N%d\",\"symbols\":[\"S0\"",
                             name);
        for (uint64_t i = 1; i <= count; i++)
            buffer_append_format(maker->out, ",\"S%d\"", (int)i);
        buffer_append_text(maker->out, "]}");
        break;
    default:
        buffer_append_format(maker->out, "{\"type\":\"record\",\"name\":\"N%d\",\"fields\":[",
                             name);
        for (uint64_t i = 0; i <= count; i++) {
            buffer_append_format(maker->out, "%s{\"name\":\"f%d\",\"type\":", i ? "," : "", (int)i);
            add_type(maker, depth + 1);
            buffer_append_text(maker->out, "}");
        }
        buffer_append_text(maker->out, "]}");
    }
}

static void add_type(struct maker *maker, int depth)
{
    static const char *const simple[] = {"null",  "boolean", "int",   "long",
                                         "float", "double",  "bytes", "string"};
    uint64_t kind = dice_roll(maker->dice, depth < MOST_NESTED ? 14 : 10);

    if (kind < 8) {
        buffer_append_format(maker->out, "\"%s\"", simple[kind]);
    } else if (kind < 10) {
        add_named(maker, depth);
    } else if (kind < 12) {
        buffer_append_text(maker->out, kind == 10 ? "{\"type\":\"array\",\"items\":"
                                                  : "{\"type\":\"map\",\"values\":");
        add_type(maker, depth + 1);
        buffer_append_text(maker->out, "}");
    } else {
        buffer_append_text(maker->out, "[\"null\",\"long\",{\"type\":\"array\",\"items\":");
        add_type(maker, depth + 1);
        buffer_append_text(maker->out, "},");
        add_named(maker, depth + 1);
        buffer_append_text(maker->out, "]");
    }
}

// A writer's type that our field of that type takes.
static const char *type_for(struct maker *maker, const struct layout_field *field)
{
    static const char *const texts[] = {"\"string\"", "\"bytes\"", "[\"null\",\"string\"]",
                                        "[\"bytes\",\"null\"]",
                                        "[\"int\",\"string\",\"bytes\",\"null\"]"};
    static const char *const times[] = {"\"long\"", "\"int\"", "[\"long\",\"string\"]",
                                        "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}"};

    switch (field->type) {
    case LAYOUT_TEXT:
    case LAYOUT_UUID:
        return texts[dice_roll(maker->dice, 5)];
    case LAYOUT_INT:
        return dice_roll(maker->dice, 2) ? "\"int\"" : "[\"null\",\"int\"]";
    case LAYOUT_TIME_US:
        return times[dice_roll(maker->dice, 4)];
    case LAYOUT_BOOL:
        return dice_roll(maker->dice, 2) ? "\"boolean\"" : "[\"boolean\",\"null\"]";
    case LAYOUT_ENUM:
        break;
    }
    return "\"null\"";
}

static bool has_default(const struct layout_field *field)
{
    return field->nullable || !strcmp(field->name, "attempt") ||
           !strcmp(field->name, "cancellable");
}

void random_schema(struct dice *dice, const struct layout *layout, struct buffer *out)
{
    struct maker maker = {.dice = dice, .out = out};
    size_t order[LAYOUT_MAX_FIELDS];

    buffer_append_format(out, "{\"type\":\"record\",\"name\":\"jobtrail.v1.%s\",\"fields\":[",
                         layout->record);
    for (size_t i = 0; i < layout->field_count; i++) {
        size_t other = dice_roll(dice, i + 1);

        order[i] = order[other];
        order[other] = i;
    }
    for (size_t i = 0; i < layout->field_count; i++) {
        const struct layout_field *field = &layout->fields[order[i]];

        for (uint64_t extra = dice_roll(dice, MOST_EXTRAS); extra > 2; extra--) {
            buffer_append_format(out, "{\"name\":\"x%d\",\"type\":", maker.names++);
            add_type(&maker, 0);
            buffer_append_text(out, "},");
        }
        if (has_default(field) && dice_roll(dice, 4) == 0)
            continue;
        buffer_append_format(out, "{\"name\":\"%s\",\"type\":%s},", field->name,
                             type_for(&maker, field));
    }
    buffer_append(out, "{\"name\":\"last\",\"type\":\"null\"}]}", 32);
}
