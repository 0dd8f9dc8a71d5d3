// SPDX-License-Identifier: Apache-2.0
// Our own schemas: each says what its layout says, everything has a doc, and the fingerprints that
// are written down are those of the files.
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/between.h"
#include "wire/canonical.h"
#include "wire/layout.h"
#include "wire/schemas.h"

static void parse(const struct own_schema *own, struct arena *arena, struct schema *schema)
{
    struct err err = {0};

    arena_init(arena);
    if (schema_parse(own->json, arena, schema, &err))
        fail_msg("%s: %s", own->name, err.text);
}

static void fingerprints_are_those_of_the_files(void **state)
{
    size_t count, wrong = 0;
    const struct own_schema *all = own_schemas(&count);

    (void)state;
    assert_int_equal(count, OWN_SCHEMAS);
    for (size_t i = 0; i < count; i++) {
        struct arena arena;
        struct schema schema;
        struct err err;
        uint64_t fingerprints[CANONICAL_FORMS];

        parse(&all[i], &arena, &schema);
        assert_int_equal(schema_fingerprints(&schema, fingerprints, &err), 0);
        assert_string_equal(schema.root->full_name, all[i].full_name);
        for (size_t form = 0; form < CANONICAL_FORMS; form++) {
            if (fingerprints[form] == all[i].fingerprints[form])
                continue;
            print_error("%s, form %zu: 0x%016" PRIx64 "\n", all[i].name, form, fingerprints[form]);
            wrong++;
        }
        assert_int_equal(schema_fingerprint(&schema, FORM_MEANING, fingerprints, &err), 0);
        assert_true(fingerprints[0] == all[i].fingerprints[FORM_SPECIFIED]);
        schema_close(&schema);
        arena_reset(&arena);
    }
    assert_int_equal(wrong, 0);
}

static void no_fingerprint_is_of_two_schemas(void **state)
{
    size_t count;
    const struct own_schema *all = own_schemas(&count);

    (void)state;
    for (size_t i = 0; i < count; i++)
        for (size_t form = 0; form < CANONICAL_FORMS; form++)
            assert_ptr_equal(own_schema_by_fingerprint(all[i].fingerprints[form]), &all[i]);
    assert_null(own_schema_by_fingerprint(0));
}

// The type of ours that a schema node must be.
static void assert_type(const struct schema_node *node, enum layout_type type)
{
    static const struct {
        enum schema_type type;
        enum schema_logical logical;
    } expected[] = {
        [LAYOUT_TEXT] = {SCHEMA_STRING, LOGICAL_NONE},
        [LAYOUT_UUID] = {SCHEMA_STRING, LOGICAL_UUID},
        [LAYOUT_INT] = {SCHEMA_INT, LOGICAL_NONE},
        [LAYOUT_TIME_US] = {SCHEMA_LONG, LOGICAL_MICROS},
        [LAYOUT_BOOL] = {SCHEMA_BOOLEAN, LOGICAL_NONE},
        [LAYOUT_ENUM] = {SCHEMA_ENUM, LOGICAL_NONE},
    };

    assert_int_equal(node->type, expected[type].type);
    assert_int_equal(node->logical, expected[type].logical);
    if (type == LAYOUT_ENUM)
        assert_non_null(node->default_symbol);
}

static void assert_layout(const struct layout *layout)
{
    const struct own_schema *own = own_schema_find(layout->record);
    struct arena arena;
    struct schema schema;

    assert_non_null(own);
    parse(own, &arena, &schema);
    assert_between(layout->struct_bytes, 1, LAYOUT_MAX_STRUCT_BYTES);
    assert_between(layout->field_count, 1, LAYOUT_MAX_FIELDS);
    assert_int_equal(layout->field_count, schema.root->field_count);
    for (size_t i = 0; i < layout->field_count; i++) {
        const struct layout_field *field = &layout->fields[i];
        const struct schema_node *type = schema.root->fields[i].type;

        assert_string_equal(field->name, schema.root->fields[i].name);
        assert_int_equal(field->nullable, type->type == SCHEMA_UNION);
        if (field->nullable) {
            assert_true(json_is_null(schema.root->fields[i].default_value));
            assert_int_equal(type->child_count, 2);
            assert_int_equal(type->children[0]->type, SCHEMA_NULL);
            type = type->children[1];
        }
        assert_type(type, field->type);
    }
    schema_close(&schema);
    arena_reset(&arena);
}

static void layouts_say_what_the_schemas_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < EVENT_KINDS; i++)
        assert_layout(&event_layouts[i]);
    for (size_t i = 0; i < CANCEL_LAYOUTS; i++)
        assert_layout(&cancel_layouts[i]);
}

static void assert_has_doc(const json_t *object)
{
    assert_true(json_string_length(json_object_get(object, "doc")) > 10);
}

static void everything_has_a_doc_and_every_enum_a_default(void **state)
{
    size_t count;
    const struct own_schema *all = own_schemas(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        json_t *json = json_loadb(all[i].json.data, all[i].json.size, 0, NULL);
        size_t index;
        const json_t *field;

        assert_has_doc(json);
        json_array_foreach(json_object_get(json, "fields"), index, field)
        {
            const json_t *type = json_object_get(field, "type");
            const char *name = json_string_value(json_object_get(type, "type"));

            assert_has_doc(field);
            if (name && !strcmp(name, "enum")) {
                assert_has_doc(type);
                assert_true(json_is_string(json_object_get(type, "default")));
            }
        }
        json_decref(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fingerprints_are_those_of_the_files),
        cmocka_unit_test(no_fingerprint_is_of_two_schemas),
        cmocka_unit_test(layouts_say_what_the_schemas_say),
        cmocka_unit_test(everything_has_a_doc_and_every_enum_a_default),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
