// SPDX-License-Identifier: Apache-2.0
// Who gets the Jobs page, and who gets JSON, at one address.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/accept.h"

static void expect_all(const char *const *values, bool html)
{
    for (; *values; values++)
        if (accept_prefers_html(slice_of(*values)) != html)
            fail_msg("%s: %s expected", *values, html ? "HTML" : "JSON");
}

static void browsers_get_html(void **state)
{
    static const char *const values[] = {
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "text/html",
        "TEXT/HTML",
        "text/*",
        "text/html;charset=utf-8",
        "text/html ; q=0.2 , application/json;q=0.1",
        "application/json;q=0, */*",
        "*/*, application/json;q=0.999",
        "x/y;z=\"a,text/html;q=0\", text/html",
        "text/html;q=1.000,application/json;q=0.9",
        "text/*;q=0.5, application/*;q=0.4",
        ",, text/html",
        NULL,
    };

    (void)state;
    expect_all(values, true);
}

static void programs_get_json(void **state)
{
    static const char *const values[] = {
        "*/*",
        "",
        "application/json",
        "text/html, application/json",
        "text/html;q=0.9, application/json",
        "text/html;q=0.5, */*",
        "application/*, text/*;q=0.9",
        "text/html;q=0",
        "text/html;q=0, text/*",
        "text/html;q=0.000, */*;q=0.000",
        "text/html;level=1",
        "text/html;q=2",
        "text/html;q=",
        "text/html;q=-1",
        "text/html;q=0.1234",
        "text/html;q=1.5",
        "text/htmlx",
        "text",
        "application/xhtml+xml",
        "x/y;z=\"text/html, text/html",
        "x/y;z=\"\\",
        NULL,
    };

    (void)state;
    expect_all(values, false);
    assert_false(accept_prefers_html(SLICE_NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(browsers_get_html),
        cmocka_unit_test(programs_get_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
