// SPDX-License-Identifier: Apache-2.0
// A buffer grows, writes big-endian, and remembers that it ran out of memory.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buffer.h"

static void grows_and_keeps_what_is_in_it(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer);
    for (int i = 0; i < 1000; i++)
        buffer_append_format(&buffer, "%04d", i);
    assert_false(buffer.failed);
    assert_int_equal(buffer.size, 4000);
    assert_memory_equal(buffer.data, "000000010002", 12);
    assert_memory_equal(buffer.data + 3996, "0999", 4);
    buffer_clear(&buffer);
    assert_int_equal(buffer.size, 0);
    buffer_free(&buffer);
}

static void numbers_are_big_endian(void **state)
{
    static const unsigned char expected[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer);
    buffer_append_u16(&buffer, 0x0102);
    buffer_append_u32(&buffer, 0x03040506);
    buffer_append_u64(&buffer, UINT64_C(0x0708090a0b0c0d0e));
    assert_int_equal(buffer.size, sizeof expected);
    assert_memory_equal(buffer.data, expected, sizeof expected);
    buffer_free(&buffer);
}

static void remembers_a_failure_until_cleared(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer);
    assert_null(buffer_extend(&buffer, SIZE_MAX / 2));
    assert_true(buffer.failed);
    buffer_append_text(&buffer, "x");
    assert_true(buffer.failed);
    buffer_clear(&buffer);
    buffer_append_text(&buffer, "x");
    assert_false(buffer.failed);
    assert_int_equal(buffer_slice(&buffer).size, 1);
    buffer_free(&buffer);
}

static void an_empty_one_is_no_absent_slice(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer);
    assert_false(slice_is_null(buffer_slice(&buffer)));
    buffer_append(&buffer, NULL, 0);
    assert_false(buffer.failed);
    buffer_free(&buffer);
}

static void what_is_not_used_is_given_back(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer);
    buffer_trim(&buffer);
    assert_null(buffer.data);
    for (int i = 0; i < 1000; i++)
        buffer_append(&buffer, "x", 1);
    assert_true(buffer.capacity > buffer.size);
    buffer_trim(&buffer);
    assert_int_equal(buffer.capacity, 1000);
    buffer_append(&buffer, "y", 1);
    assert_int_equal(buffer.size, 1001);
    assert_int_equal(buffer.data[999], 'x');
    assert_int_equal(buffer.data[1000], 'y');
    buffer_free(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_keeps_what_is_in_it),
        cmocka_unit_test(numbers_are_big_endian),
        cmocka_unit_test(remembers_a_failure_until_cleared),
        cmocka_unit_test(an_empty_one_is_no_absent_slice),
        cmocka_unit_test(what_is_not_used_is_given_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
