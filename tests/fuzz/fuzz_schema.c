// SPDX-License-Identifier: Apache-2.0
// Any text as a schema. What is taken has a canonical form that is a schema with the same form,
// with logical types and without.
#include "fuzz/fuzz_target.h"
#include "wire/canonical.h"

static int canonical(struct slice text, enum canonical_form form, struct buffer *out)
{
    struct arena arena;
    struct schema schema;
    struct err err = {0};
    int rc;

    arena_init(&arena);
    rc = schema_parse(text, &arena, &schema, &err);
    MUST(rc == 0 || rc == POISON);
    if (!rc)
        canonical_form_write(&schema, form, out);
    schema_close(&schema);
    arena_reset(&arena);
    return rc;
}

static void check(struct slice text, enum canonical_form form)
{
    struct buffer first = {0}, again = {0};

    // The form names each type in full, so it can be longer than the text; then it may be refused.
    if (!canonical(text, form, &first) && first.size <= SCHEMA_MAX_BYTES) {
        MUST(!canonical(buffer_slice(&first), form, &again));
        MUST(slice_equal(buffer_slice(&first), buffer_slice(&again)));
    }
    buffer_free(&first);
    buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slice text = {(const char *)data, size};

    check(text, FORM_SPECIFIED);
    check(text, FORM_LOGICAL);
    return 0;
}
