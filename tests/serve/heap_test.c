// SPDX-License-Identifier: Apache-2.0
// What was freed once does not decide what is kept for ever.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <malloc.h>
#include <stdlib.h>

#include "serve/heap.h"

// How many blocks the C library has from the system for itself, once it has given out one more.
static size_t blocks_with(size_t size)
{
    char *volatile block = malloc(size);
    size_t blocks = mallinfo2().hblks;

    assert_non_null(block);
    free(block);
    return blocks;
}

static void large_blocks_are_given_back_whatever_was_freed_before(void **state)
{
    (void)state;
    heap_give_back_large();
    assert_int_equal(blocks_with(16 * HEAP_LARGE_BYTES), 1);
    assert_int_equal(mallinfo2().hblks, 0);
    assert_int_equal(blocks_with(2 * HEAP_LARGE_BYTES), 1);
    assert_int_equal(mallinfo2().hblks, 0);
    assert_int_equal(blocks_with(HEAP_LARGE_BYTES / 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_blocks_are_given_back_whatever_was_freed_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
