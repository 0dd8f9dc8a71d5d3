// SPDX-License-Identifier: Apache-2.0
// Cursors: they come back as they went, and what was tampered with is refused or harmless.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/page_cursor.h"
#include "base/utf8.h"
#include "support/between.h"

static void they_come_back_as_they_went(void **state)
{
    static const struct job_page pages[] = {
        {.sort = SORT_CREATED,
         .descending = true,
         .after = {true, INT64_MIN, {NULL, 0}, {"a", 1}, 0}},
        {.sort = SORT_ID, .backwards = true, .after = {true, -1, {"", 0}, {"a/b\xc3\xa9", 5}, 0}},
        {.sort = SORT_MESSAGE, .after = {true, 0, {"text", 4}, {"id", 2}, 0}},
        {.sort = SORT_DURATION,
         .after = {true, -1, {NULL, 0}, {"id", 2}, INT64_C(1700000000123456)}},
    };
    struct buffer text;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    buffer_init(&text);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct job_page read = {.limit = 7};

        buffer_clear(&text);
        page_cursor_write(&text, &pages[i]);
        assert_true(page_cursor_read(buffer_slice(&text), &arena, &read));
        assert_int_equal(read.limit, 7);
        assert_int_equal(read.sort, pages[i].sort);
        assert_int_equal(read.descending, pages[i].descending);
        assert_int_equal(read.backwards, pages[i].backwards);
        assert_true(read.after.known);
        assert_true(read.after.number == pages[i].after.number);
        assert_true(read.after.as_of_us == pages[i].after.as_of_us);
        assert_true(slice_equal(read.after.text, pages[i].after.text));
        assert_true(slice_equal(read.after.job_id, pages[i].after.job_id));
    }
    buffer_free(&text);
    arena_reset(&arena);
}

// Every byte of a good one replaced by every other: refused, or within all bounds.
static void tampering_ends_within_bounds(void **state)
{
    const struct job_page page = {.sort = SORT_TYPE,
                                  .after = {true, 5, {"Load", 4}, {"job", 3}, 0}};
    struct buffer text;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    buffer_init(&text);
    page_cursor_write(&text, &page);
    for (size_t i = 0; i < text.size; i++)
        for (int byte = 0; byte < 256; byte++) {
            char kept = text.data[i];
            struct job_page read = {0};

            text.data[i] = (char)byte;
            if (page_cursor_read(buffer_slice(&text), &arena, &read)) {
                assert_true(read.sort < JOB_SORTS);
                assert_between(read.after.job_id.size, 1, ID_MAX_BYTES);
                assert_true(utf8_is_text(read.after.job_id));
                assert_true(slice_is_null(read.after.text) || utf8_is_text(read.after.text));
            }
            text.data[i] = kept;
            arena_reset(&arena);
        }
    for (size_t size = 0; size < 18; size++) { // up to the version, sort, flags, number and size
        struct job_page read = {0};

        assert_false(page_cursor_read((struct slice){text.data, size}, &arena, &read));
    }
    buffer_free(&text);
    arena_reset(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_come_back_as_they_went),
        cmocka_unit_test(tampering_ends_within_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
