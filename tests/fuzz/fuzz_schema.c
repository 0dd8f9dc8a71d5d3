// SPDX-License-Identifier: Apache-2.0
// Any text as a schema. What is taken has a canonical form that is a schema with the same form.
#include "fuzz/fuzz_target.h"
#include "wire/canonical.h"

static int canonical(struct slice text, struct buffer *form)
{
    struct arena arena;
    struct schema schema;
    struct err err = {0};
    int rc;

    arena_init(&arena);
    rc = schema_parse(text, &arena, &schema, &err);
    MUST(rc == 0 || rc == POISON);
    if (!rc)
        canonical_form(&schema, form);
    schema_close(&schema);
    arena_reset(&arena);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer form = {0}, again = {0};

    // The form names each type in full, so it can be longer than the text; then it may be refused.
    if (!canonical((struct slice){(const char *)data, size}, &form) &&
        form.size <= SCHEMA_MAX_BYTES) {
        MUST(!canonical(buffer_slice(&form), &again));
        MUST(slice_equal(buffer_slice(&form), buffer_slice(&again)));
    }
    buffer_free(&form);
    buffer_free(&again);
    return 0;
}
