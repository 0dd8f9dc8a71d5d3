// SPDX-License-Identifier: Apache-2.0
// Random writers' schemas and values, written by avro-c, read by us: every field must come out as
// avro-c says it went in, and every cut of the bytes must be refused. avro-c only writes here and
// tells what it wrote: its own resolution is not to be relied on.
// Environment: JOBTRAIL_WIRE_ROUNDS (default 3000), JOBTRAIL_WIRE_SEED (default: by the clock).
// A failure prints the seed of its round; that seed with one round does it again.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "wire/random_value.h"
#include "wire/wire_kit.h"

enum { ROOM = 256 * 1024, DEFAULT_ROUNDS = 3000 };

// What avro-c holds for our field; false: the branch it chose cannot be ours.
static bool agrees(const struct layout_field *field, avro_value_t *record, const char *event)
{
    avro_value_t value, branch = {0};
    const char *at = event + field->offset;
    struct slice text;
    struct uuid uuid;
    const void *bytes = NULL;
    size_t size = 0;
    int32_t small = 0;
    int64_t number = 0;
    int boolean = 0;
    bool flag;

    if (avro_value_get_by_name(record, field->name, &value, NULL)) { // left out: our default
        if (field->type == LAYOUT_TEXT)
            return slice_is_null(*(const struct slice *)(const void *)at);
        if (field->type == LAYOUT_UUID)
            return !event[field->flag_offset];
        return *at == 1; // attempt 1, cancellable true
    }
    if (avro_value_get_type(&value) == AVRO_UNION) {
        avro_value_get_current_branch(&value, &branch);
        value = branch;
    }
    switch (avro_value_get_type(&value)) {
    case AVRO_NULL:
        if (field->type == LAYOUT_TEXT)
            return field->nullable && slice_is_null(*(const struct slice *)(const void *)at);
        return field->nullable && !event[field->flag_offset];
    case AVRO_STRING:
    case AVRO_BYTES:
        if (avro_value_get_type(&value) == AVRO_BYTES) {
            avro_value_get_bytes(&value, &bytes, &size);
        } else {
            avro_value_get_string(&value, (const char **)&bytes, &size);
            size--;
        }
        if (field->type == LAYOUT_UUID)
            return uuid_parse((struct slice){bytes, size}, &uuid) &&
                   !memcmp(uuid.bytes, at, sizeof uuid) &&
                   (!field->nullable || event[field->flag_offset] == 1);
        memcpy(&text, at, sizeof text);
        return field->type == LAYOUT_TEXT && text.size == size && !memcmp(text.data, bytes, size);
    case AVRO_INT32:
        avro_value_get_int(&value, &small);
        number = small;
        break;
    case AVRO_INT64:
        avro_value_get_long(&value, &number);
        break;
    case AVRO_BOOLEAN:
        avro_value_get_boolean(&value, &boolean);
        memcpy(&flag, at, sizeof flag);
        return flag == (boolean != 0);
    default:
        return false;
    }
    if (field->type == LAYOUT_TIME_US)
        return !memcmp(at, &number, sizeof number);
    small = (int32_t)number;
    return field->type == LAYOUT_INT && !memcmp(at, &small, sizeof small);
}

// Whether avro-c chose, somewhere, a branch that our field cannot hold.
static bool has_a_foreign_branch(const struct layout *layout, avro_value_t *record)
{
    for (size_t i = 0; i < layout->field_count; i++) {
        const struct layout_field *field = &layout->fields[i];
        avro_value_t value, branch = {0};
        avro_type_t type;

        if (avro_value_get_by_name(record, field->name, &value, NULL) ||
            avro_value_get_type(&value) != AVRO_UNION)
            continue;
        avro_value_get_current_branch(&value, &branch);
        type = avro_value_get_type(&branch);
        if ((type == AVRO_NULL && !field->nullable) ||
            (type == AVRO_INT32 && field->type != LAYOUT_INT) ||
            (type == AVRO_STRING && field->type == LAYOUT_TIME_US))
            return true;
    }
    return false;
}

static void check_cuts(struct dice *dice, struct kit *kit, struct buffer avro)
{
    size_t whole = avro.size;

    for (int i = 0; i < 4 && whole; i++) {
        avro.size = dice_roll(dice, whole);
        assert_int_equal(kit_decode(kit, &avro), POISON);
    }
}

static void compare(struct dice *dice, const struct layout *layout, const char *json,
                    avro_value_t *record, const struct buffer *avro)
{
    struct kit kit;
    int rc;

    kit_open(&kit, json);
    rc = kit_decode(&kit, avro);
    if (has_a_foreign_branch(layout, record)) {
        assert_int_equal(rc, POISON);
        assert_string_equal(kit.err.reason, "UNION_BRANCH");
    } else {
        if (rc)
            fail_msg("%s: %s", kit.err.reason, kit.err.text);
        for (size_t i = 0; i < layout->field_count; i++)
            if (!agrees(&layout->fields[i], record, (const char *)&kit.event))
                fail_msg("field %s differs", layout->fields[i].name);
        check_cuts(dice, &kit, *avro);
    }
    kit_close(&kit);
}

static void one_round(uint64_t seed, char *room)
{
    struct dice dice = {seed};
    const struct layout *layout = &event_layouts[dice_roll(&dice, EVENT_KINDS)];
    struct buffer json = {0}, avro = {0};
    avro_schema_t schema;
    avro_value_iface_t *iface;
    avro_value_t record;
    avro_writer_t writer = avro_writer_memory(room, ROOM);

    random_schema(&dice, layout, &json);
    assert_int_equal(avro_schema_from_json_length(json.data, json.size - 1, &schema), 0);
    iface = avro_generic_class_from_schema(schema);
    assert_int_equal(avro_generic_value_new(iface, &record), 0);
    random_value(&dice, &record, NULL);
    assert_int_equal(avro_value_write(writer, &record), 0);
    put_raw(&avro, room, (size_t)avro_writer_tell(writer));
    compare(&dice, layout, json.data, &record, &avro);
    avro_value_decref(&record);
    avro_value_iface_decref(iface);
    avro_schema_decref(schema);
    avro_writer_free(writer);
    buffer_free(&json);
    buffer_free(&avro);
}

static uint64_t number_from(const char *variable, uint64_t otherwise)
{
    const char *text = getenv(variable);

    return text ? strtoull(text, NULL, 10) : otherwise;
}

static void what_avro_c_writes_we_read(void **state)
{
    uint64_t rounds = number_from("JOBTRAIL_WIRE_ROUNDS", DEFAULT_ROUNDS);
    uint64_t seed = number_from("JOBTRAIL_WIRE_SEED", (uint64_t)clock_now_us());
    char *room = malloc(ROOM);

    (void)state;
    assert_non_null(room);
    for (uint64_t i = 0; i < rounds; i++) {
        fprintf(stderr, "JOBTRAIL_WIRE_SEED=%llu\r", (unsigned long long)(seed + i));
        one_round(seed + i, room);
    }
    fprintf(stderr, "\n");
    free(room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_avro_c_writes_we_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
