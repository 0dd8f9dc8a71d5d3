// SPDX-License-Identifier: Apache-2.0
// Memory of an arena is aligned, disjoint and given back at once.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdalign.h>
#include <string.h>

#include "base/arena.h"

static void pieces_are_aligned_and_apart(void **state)
{
    struct arena arena;
    unsigned char *pieces[200];

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < 200; i++) {
        pieces[i] = arena_alloc(&arena, i * 17);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        memset(pieces[i], (int)i, i * 17);
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t at = 0; at < i * 17; at++)
            assert_int_equal(pieces[i][at], i);
    assert_true(arena.used_bytes >= 17 * 199 * 100);
    arena_reset(&arena);
    assert_int_equal(arena.used_bytes, 0);
    assert_null(arena.blocks);
}

static void refuses_what_cannot_be(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_alloc(&arena, SIZE_MAX / 2 + 1));
    arena_reset(&arena);
}

static void copies_end_with_a_nul_and_keep_absence(void **state)
{
    struct arena arena;
    struct slice copy;

    (void)state;
    arena_init(&arena);
    assert_true(arena_copy(&arena, SLICE_LITERAL("a\0b"), &copy));
    assert_int_equal(copy.size, 3);
    assert_memory_equal(copy.data, "a\0b", 4);
    assert_true(arena_copy(&arena, SLICE_LITERAL(""), &copy));
    assert_non_null(copy.data);
    assert_true(arena_copy(&arena, SLICE_NULL, &copy));
    assert_null(copy.data);
    arena_reset(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_apart),
        cmocka_unit_test(refuses_what_cannot_be),
        cmocka_unit_test(copies_end_with_a_nul_and_keep_absence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
