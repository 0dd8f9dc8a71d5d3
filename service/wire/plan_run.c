// SPDX-License-Identifier: Apache-2.0
// Runs a plan over bytes that are hostile until checked. The work is bounded by the payload's
// length (values without bytes are counted), the C stack by PLAN_MAX_DEPTH.
#include "base/utf8.h"
#include "base/uuid.h"
#include "wire/cursor.h"
#include "wire/plan_steps.h"

struct run {
    const struct plan *plan;
    struct cursor cursor;
    char *target;
    size_t items_left;
    uint16_t field; // the last one of ours that was begun, for the error's text
};

static enum fault run_step(struct run *run, const struct step *step, int depth);

static enum fault charge_items(struct run *run, uint64_t items)
{
    if (items > run->items_left)
        return FAULT_TOO_MANY_ITEMS;
    run->items_left -= items;
    return FAULT_NONE;
}

static enum fault read_text(struct run *run, const struct step *step)
{
    struct slice text;
    enum fault fault = cursor_sized(&run->cursor, &text);

    if (fault)
        return fault;
    if (!utf8_is_text(text))
        return memchr(text.data, '\0', text.size) ? FAULT_NUL_IN_TEXT : FAULT_UTF8;
    memcpy(run->target + step->offset, &text, sizeof text);
    return FAULT_NONE;
}

static void put_uuid(struct run *run, const struct step *step, const void *bytes)
{
    memcpy(run->target + step->offset, bytes, UUID_BYTES);
    if (step->flag_offset) {
        bool is_there = true;

        memcpy(run->target + step->flag_offset, &is_there, sizeof is_there);
    }
}

static enum fault read_uuid_text(struct run *run, const struct step *step)
{
    struct slice text;
    struct uuid uuid;
    enum fault fault = cursor_sized(&run->cursor, &text);

    if (fault)
        return fault;
    if (!uuid_parse(text, &uuid))
        return FAULT_UUID;
    put_uuid(run, step, uuid.bytes);
    return FAULT_NONE;
}

static enum fault read_uuid_bytes(struct run *run, const struct step *step)
{
    struct slice bytes;
    enum fault fault = cursor_bytes(&run->cursor, UUID_BYTES, &bytes);

    if (!fault)
        put_uuid(run, step, bytes.data);
    return fault;
}

static enum fault read_int(struct run *run, const struct step *step)
{
    int32_t value;
    enum fault fault = cursor_int(&run->cursor, &value);

    if (!fault)
        memcpy(run->target + step->offset, &value, sizeof value);
    return fault;
}

static enum fault read_time(struct run *run, const struct step *step)
{
    int64_t value;
    enum fault fault = cursor_long(&run->cursor, &value);

    if (fault)
        return fault;
    if (step->scale == TIME_AS_INT && (value < INT32_MIN || value > INT32_MAX))
        return FAULT_INT_RANGE;
    if (step->scale == TIME_FROM_MILLIS && __builtin_mul_overflow(value, 1000, &value))
        return FAULT_INT_RANGE;
    if (step->scale == TIME_FROM_NANOS)
        value = value / 1000 - (value % 1000 < 0); // towards the past, as before 1970 too
    memcpy(run->target + step->offset, &value, sizeof value);
    return FAULT_NONE;
}

static enum fault read_bool(struct run *run, const struct step *step)
{
    struct slice byte;
    bool value;
    enum fault fault = cursor_bytes(&run->cursor, 1, &byte);

    if (fault)
        return fault;
    if (byte.data[0] != 0 && byte.data[0] != 1)
        return FAULT_BOOLEAN;
    value = byte.data[0] == 1;
    memcpy(run->target + step->offset, &value, sizeof value);
    return FAULT_NONE;
}

static enum fault read_index(struct run *run, uint32_t count, enum fault out_of_range,
                             uint32_t *out)
{
    int64_t index;
    enum fault fault = cursor_long(&run->cursor, &index);

    if (fault)
        return fault;
    if (index < 0 || index >= count)
        return out_of_range;
    *out = (uint32_t)index;
    return FAULT_NONE;
}

static enum fault read_enum(struct run *run, const struct step *step)
{
    uint32_t index;
    int32_t symbol;
    enum fault fault = read_index(run, step->count, FAULT_ENUM_SYMBOL, &index);

    if (fault)
        return fault;
    symbol = run->plan->symbols[step->first + index];
    if (symbol < 0)
        return FAULT_ENUM_SYMBOL;
    memcpy(run->target + step->offset, &symbol, sizeof symbol);
    return FAULT_NONE;
}

static enum fault run_choice(struct run *run, const struct step *step, int depth)
{
    uint32_t branch;
    enum fault fault = read_index(run, step->count, FAULT_UNION_BRANCH, &branch);

    return fault ? fault : run_step(run, &run->plan->steps[step->first + branch], depth);
}

static enum fault skip_record(struct run *run, const struct step *step, int depth)
{
    enum fault fault = charge_items(run, (uint64_t)step->count + 1);

    for (uint32_t i = 0; !fault && i < step->count; i++)
        fault = run_step(run, &run->plan->steps[step->first + i], depth);
    return fault;
}

// A block's head: how many items follow one by one; 0 and *is_last at the end. A block that
// states its size in bytes is jumped over.
static enum fault read_block(struct run *run, uint64_t *items, bool *is_last)
{
    struct slice jumped;
    int64_t count;
    enum fault fault = cursor_long(&run->cursor, &count);

    if (fault)
        return fault;
    *is_last = count == 0;
    *items = count > 0 ? (uint64_t)count : 0;
    fault = charge_items(run, count < 0 ? -(uint64_t)count : (uint64_t)count);
    if (!fault && count < 0)
        fault = cursor_sized(&run->cursor, &jumped);
    return fault;
}

static enum fault skip_blocks(struct run *run, const struct step *step, int depth)
{
    const struct step *item = &run->plan->steps[step->first];
    struct slice key;

    for (;;) {
        uint64_t items;
        bool is_last;
        enum fault fault = read_block(run, &items, &is_last);

        if (fault || is_last)
            return fault;
        while (items--) {
            fault = step->code == SKIP_MAP ? cursor_sized(&run->cursor, &key) : FAULT_NONE;
            if (!fault)
                fault = run_step(run, item, depth);
            if (fault)
                return fault;
        }
    }
}

static enum fault run_nested(struct run *run, const struct step *step, int depth)
{
    if (depth > PLAN_MAX_DEPTH)
        return FAULT_TOO_DEEP;
    if (step->code == STEP_CHOOSE)
        return run_choice(run, step, depth);
    return step->code == SKIP_RECORD ? skip_record(run, step, depth)
                                     : skip_blocks(run, step, depth);
}

static enum fault run_step(struct run *run, const struct step *step, int depth)
{
    struct slice bytes;
    int64_t number;
    int32_t small;
    uint32_t index;

    switch ((enum step_code)step->code) {
    case STEP_NOTHING:
        return FAULT_NONE;
    case STEP_TEXT:
        return read_text(run, step);
    case STEP_UUID_TEXT:
        return read_uuid_text(run, step);
    case STEP_UUID_BYTES:
        return read_uuid_bytes(run, step);
    case STEP_INT:
        return read_int(run, step);
    case STEP_TIME:
        return read_time(run, step);
    case STEP_BOOL:
        return read_bool(run, step);
    case STEP_ENUM:
        return read_enum(run, step);
    case STEP_REFUSE:
        return FAULT_UNION_BRANCH;
    case SKIP_INT:
        return cursor_int(&run->cursor, &small);
    case SKIP_LONG:
        return cursor_long(&run->cursor, &number);
    case SKIP_SIZED:
        return cursor_sized(&run->cursor, &bytes);
    case SKIP_BYTES:
        return cursor_bytes(&run->cursor, step->count, &bytes);
    case SKIP_ENUM:
        return read_index(run, step->count, FAULT_ENUM_SYMBOL, &index);
    case STEP_CHOOSE:
    case SKIP_RECORD:
    case SKIP_ARRAY:
    case SKIP_MAP:
        return run_nested(run, step, depth + 1);
    }
    __builtin_unreachable(); // plan_skip and plan_read write no other code
}

static int refuse(const struct run *run, enum fault fault, struct slice payload, struct err *err)
{
    static const struct {
        const char *reason, *text;
    } faults[FAULTS] = {
        [FAULT_TRUNCATED] = {"TRUNCATED", "the value ends too early"},
        [FAULT_VARINT] = {"VARINT", "a number has more than 64 bits"},
        [FAULT_INT_RANGE] = {"INT_RANGE", "a number is out of its type's range"},
        [FAULT_LENGTH] = {"LENGTH", "a length is negative or goes past the end"},
        [FAULT_BOOLEAN] = {"BOOLEAN", "a boolean is neither 0 nor 1"},
        [FAULT_UNION_BRANCH] = {"UNION_BRANCH", "a union's branch is not one we can take"},
        [FAULT_ENUM_SYMBOL] = {"ENUM_SYMBOL", "an enum's symbol is not one we know"},
        [FAULT_UTF8] = {"UTF8", "a text is not UTF-8"},
        [FAULT_NUL_IN_TEXT] = {"NUL_IN_TEXT", "a text has a NUL"},
        [FAULT_UUID] = {"UUID", "a UUID is not in the form 8-4-4-4-12"},
        [FAULT_TOO_MANY_ITEMS] = {"TOO_MANY_ITEMS", "more items than the bytes can stand for"},
        [FAULT_TOO_DEEP] = {"TOO_DEEP", "values are nested too deeply"},
        [FAULT_TRAILING_BYTES] = {"TRAILING_BYTES", "bytes are left over at the end"},
    };
    const struct layout *layout = run->plan->layout;
    const char *field =
        run->field == NOT_OURS ? "a field that is not ours" : layout->fields[run->field].name;

    return err_set(err, POISON, faults[fault].reason, "%s: %s (%s, before byte %zu of %zu)",
                   layout->record, faults[fault].text, field,
                   (size_t)((const char *)run->cursor.at - payload.data), payload.size);
}

int plan_run(const struct plan *plan, struct slice payload, void *target, struct err *err)
{
    const unsigned char *begin = (const unsigned char *)payload.data;
    struct run run = {
        .plan = plan,
        .cursor = {begin, begin + payload.size},
        .target = target,
        .items_left = PLAN_SPARE_ITEMS + payload.size,
    };
    enum fault fault = FAULT_NONE;

    memcpy(target, plan->image, plan->layout->struct_bytes);
    for (size_t i = 0; !fault && i < plan->field_count; i++) {
        run.field = plan->steps[i].field;
        fault = run_step(&run, &plan->steps[i], 0);
    }
    if (!fault && cursor_left(&run.cursor))
        fault = FAULT_TRAILING_BYTES;
    return fault ? refuse(&run, fault, payload, err) : 0;
}
