// SPDX-License-Identifier: Apache-2.0
// base64url: what is written is what OpenSSL writes, and is read again; nothing else is read.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/base64url.h"
#include "auth/made_tokens.h"

static void it_comes_back_as_it_went(void **state)
{
    unsigned char bytes[70];

    (void)state;
    for (size_t size = 0; size < sizeof bytes; size++) {
        struct buffer text = {0}, again = {0};
        char *expected;

        for (size_t i = 0; i < size; i++)
            bytes[i] = (unsigned char)(i * 61 + size * 7);
        expected = made_base64url(bytes, size);
        base64url_encode((struct slice){(const char *)bytes, size}, &text);
        assert_true(slice_equal(buffer_slice(&text), slice_of(expected)));
        assert_true(base64url_decode(buffer_slice(&text), &again));
        assert_int_equal(again.size, size);
        assert_memory_equal(again.size ? again.data : "", bytes, size);
        buffer_free(&text);
        buffer_free(&again);
        free(expected);
    }
}

static void only_one_text_stands_for_the_same_bytes(void **state)
{
    static const struct slice bad[] = {
        SLICE_LITERAL("A"),    SLICE_LITERAL("AB"),   SLICE_LITERAL("AA=="), SLICE_LITERAL("AA+A"),
        SLICE_LITERAL("AA/A"), SLICE_LITERAL("A AA"), SLICE_LITERAL("AA\0A")};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct buffer out = {0};

        assert_false(base64url_decode(bad[i], &out));
        buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_comes_back_as_it_went),
        cmocka_unit_test(only_one_text_stands_for_the_same_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
