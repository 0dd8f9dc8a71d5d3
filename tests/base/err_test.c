// SPDX-License-Identifier: Apache-2.0
// Errors carry their disposition, a constant reason and one bounded line.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/err.h"

static void fills_and_returns_the_disposition(void **state)
{
    struct err err;

    (void)state;
    assert_int_equal(err_set(&err, POISON, "UTF8", "field %s, byte %d", "message", 7), POISON);
    assert_int_equal(err.disposition, POISON);
    assert_string_equal(err.reason, "UTF8");
    assert_string_equal(err.text, "field message, byte 7");
}

static void cuts_a_text_that_is_too_long(void **state)
{
    struct err err;
    char text[2 * sizeof err.text];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    err_set(&err, FATAL, "X", "%s", text);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

static void names_every_disposition(void **state)
{
    struct err err;

    (void)state;
    assert_string_equal(disposition_name(DONE), "done");
    assert_string_equal(disposition_name(RETRY), "retry");
    assert_string_equal(disposition_name(POISON), "poison");
    assert_string_equal(disposition_name(FENCED), "fenced");
    assert_string_equal(disposition_name(FATAL), "fatal");
    assert_int_equal(err_no_memory(&err), RETRY);
    assert_string_equal(err.reason, "OUT_OF_MEMORY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_and_returns_the_disposition),
        cmocka_unit_test(cuts_a_text_that_is_too_long),
        cmocka_unit_test(names_every_disposition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
