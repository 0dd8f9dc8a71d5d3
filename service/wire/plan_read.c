// SPDX-License-Identifier: Apache-2.0
// Steps for what a writer has and we want: Avro's rules ("Schema Resolution") for the types that
// our schemas use, plus what they leave out: a time in another unit is converted, not misread.
#include "wire/plan_steps.h"

static bool is_text(const struct schema_node *node)
{
    return (node->type == SCHEMA_STRING || node->type == SCHEMA_BYTES) &&
           node->logical != LOGICAL_OTHER;
}

static bool may_be_null(const struct schema_node *reader)
{
    for (size_t i = 0; reader->type == SCHEMA_UNION && i < reader->child_count; i++)
        if (reader->children[i]->type == SCHEMA_NULL)
            return true;
    return false;
}

static bool read_time(const struct schema_node *writer, struct step *step)
{
    static const uint8_t scales[] = {
        [LOGICAL_NONE] = TIME_AS_MICROS,
        [LOGICAL_MILLIS] = TIME_FROM_MILLIS,
        [LOGICAL_MICROS] = TIME_AS_MICROS,
        [LOGICAL_NANOS] = TIME_FROM_NANOS,
    };

    if ((writer->type != SCHEMA_INT && writer->type != SCHEMA_LONG) ||
        writer->logical == LOGICAL_OTHER || writer->logical == LOGICAL_LOCAL)
        return false;
    step->code = STEP_TIME;
    step->scale = writer->type == SCHEMA_INT ? TIME_AS_INT : scales[writer->logical];
    return true;
}

static bool read_uuid(const struct schema_node *writer, struct step *step)
{
    if (writer->type == SCHEMA_FIXED && writer->logical == LOGICAL_UUID &&
        writer->fixed_bytes == UUID_BYTES) {
        step->code = STEP_UUID_BYTES;
        return true;
    }
    step->code = STEP_UUID_TEXT;
    return is_text(writer);
}

static int32_t symbol_place(const struct schema_node *reader, const char *symbol)
{
    for (size_t i = 0; symbol && i < reader->symbols.count; i++)
        if (!strcmp(reader->symbols.names[i], symbol))
            return (int32_t)i;
    return -1;
}

static bool read_enum(struct plan_compiler *compiler, const struct schema_node *writer,
                      const struct schema_node *reader, struct step *step)
{
    struct plan *plan = compiler->plan;
    int32_t preset = symbol_place(reader, reader->default_symbol);

    if (writer->type != SCHEMA_ENUM ||
        (strcmp(schema_short_name(writer->full_name), schema_short_name(reader->full_name)) &&
         !schema_names_have(&reader->aliases, writer->full_name) &&
         !schema_names_have(&writer->aliases, reader->full_name)))
        return false;
    step->code = STEP_ENUM;
    step->first = (uint32_t)plan->symbol_count;
    step->count = (uint32_t)writer->symbols.count;
    for (size_t i = 0; i < writer->symbols.count; i++) {
        int32_t place = symbol_place(reader, writer->symbols.names[i]);

        plan->symbols[plan->symbol_count++] = place >= 0 ? place : preset;
    }
    return true;
}

static bool read_union(struct plan_compiler *compiler, const struct schema_node *writer,
                       const struct schema_node *reader, size_t field, uint32_t place)
{
    struct step *step = &compiler->plan->steps[place];
    bool any = false;

    step->code = STEP_CHOOSE;
    step->first = plan_reserve(compiler, writer->child_count);
    step->count = (uint32_t)writer->child_count;
    for (size_t i = 0; i < writer->child_count; i++) {
        uint32_t branch = step->first + (uint32_t)i;

        if (plan_read(compiler, writer->children[i], reader, field, branch))
            any = true;
        else
            compiler->plan->steps[branch].code = STEP_REFUSE;
    }
    return any;
}

bool plan_read(struct plan_compiler *compiler, const struct schema_node *writer,
               const struct schema_node *reader, size_t field, uint32_t place)
{
    const struct layout_field *ours = &compiler->plan->layout->fields[field];
    struct step *step = &compiler->plan->steps[place];

    step->field = (uint16_t)field;
    step->offset = (uint16_t)ours->offset;
    step->flag_offset = (uint16_t)ours->flag_offset;
    if (writer->type == SCHEMA_UNION)
        return read_union(compiler, writer, reader, field, place);
    if (writer->type == SCHEMA_NULL) {
        step->code = STEP_NOTHING;
        return may_be_null(reader);
    }
    switch (ours->type) {
    case LAYOUT_TEXT:
        step->code = STEP_TEXT;
        return is_text(writer);
    case LAYOUT_UUID:
        return read_uuid(writer, step);
    case LAYOUT_INT:
        step->code = STEP_INT;
        return writer->type == SCHEMA_INT && writer->logical == LOGICAL_NONE;
    case LAYOUT_TIME_US:
        return read_time(writer, step);
    case LAYOUT_BOOL:
        step->code = STEP_BOOL;
        return writer->type == SCHEMA_BOOLEAN;
    case LAYOUT_ENUM:
        return read_enum(compiler, writer, reader, step);
    }
    return false;
}

bool plan_default(struct plan *plan, const struct schema_field *reader, size_t field)
{
    const struct layout_field *ours = &plan->layout->fields[field];
    const json_t *value = reader->default_value;
    const struct slice text = {json_string_value(value), json_string_length(value)};
    char *at = plan->image + ours->offset;

    if (json_is_null(value))
        return ours->nullable; // the zeroed image has it
    if (ours->type == LAYOUT_TEXT && json_is_string(value)) {
        memcpy(at, &text, sizeof text);
        return true;
    }
    if (ours->type == LAYOUT_INT && json_is_integer(value)) {
        int32_t number = (int32_t)json_integer_value(value);

        memcpy(at, &number, sizeof number);
        return number == json_integer_value(value);
    }
    if (ours->type == LAYOUT_BOOL && json_is_boolean(value)) {
        bool is_true = json_is_true(value);

        memcpy(at, &is_true, sizeof is_true);
        return true;
    }
    return false;
}
