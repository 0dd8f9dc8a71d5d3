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
        uint64_t fingerprint;

        parse(&all[i], &arena, &schema);
        assert_int_equal(schema_fingerprint(&schema, &fingerprint, &err), 0);
        assert_string_equal(schema.root->full_name, all[i].full_name);
        if (fingerprint != all[i].fingerprint) {
            print_error("OWN(\"%s\", 0x%016" PRIx64 ")\n", all[i].name, fingerprint);
            wrong++;
        }
        schema_close(&schema);
        arena_reset(&arena);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fingerprints_are_those_of_the_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
