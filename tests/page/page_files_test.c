// SPDX-License-Identifier: Apache-2.0
// The page's files as they are made ready at the start: whom a browser may be sent to, what it is
// told, and each allocation made to fail.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "page/page_files.h"
#include "page/page_index.h"
#include "page/page_policy.h"
#include "page/page_source.h"
#include "support/failing_malloc.h"

static const char *const none[] = {NULL};

static struct page_options options_of(const char *issuer, const char *client_id)
{
    return (struct page_options){.issuer = issuer,
                                 .client_id = client_id,
                                 .scope = "openid",
                                 .connect_origins = none,
                                 .claims = {"/o", "/r", "/m", {NULL}}};
}

static void expect_origin(const char *address, const char *origin)
{
    struct slice got = page_origin(slice_of(address));

    if (!slice_equal(got, slice_of(origin)))
        fail_msg("%s: %.*s", address, (int)got.size, got.data ? got.data : "");
}

static void origins_are_those_of_safe_addresses(void **state)
{
    (void)state;
    expect_origin("https://id.example/realms/a?b", "https://id.example");
    expect_origin("https://id.example:8443", "https://id.example:8443");
    expect_origin("HTTPS://id.example/", "HTTPS://id.example");
    expect_origin("http://127.0.0.1:8080/x", "http://127.0.0.1:8080");
    expect_origin("http://localhost", "http://localhost");
    expect_origin("http://[::1]:80/", "http://[::1]:80");
    expect_origin("http://localhost.evil.example/", NULL);
    expect_origin("http://id.example", NULL);
    expect_origin("https://", NULL);
    expect_origin("https:///x", NULL);
    expect_origin("https://a;script-src *", NULL);
    expect_origin("https://a b", NULL);
    expect_origin("https://user@id.example/", NULL);
    expect_origin("https://*.example/", NULL);
    expect_origin("try-out", NULL);
    expect_origin("", NULL);
}

static void refuses(const struct page_options *options, const char *name)
{
    struct page_files *page = NULL;
    struct err err;

    assert_int_equal(page_files_new(options, &page, &err), FATAL);
    assert_string_equal(err.reason, "CONFIGURATION");
    assert_non_null(strstr(err.text, name));
    assert_null(page);
}

static void an_unsafe_address_is_refused(void **state)
{
    static const char *const path[] = {"https://id.example/", NULL};
    struct page_options options = options_of("http://id.example", "jobs");

    (void)state;
    refuses(&options, "page.issuer");
    options = options_of("https://id.example", "jobs");
    options.connect_origins = path;
    refuses(&options, "page.connect-origins");
}

static void without_a_client_nobody_is_talked_to(void **state)
{
    const struct page_options options = options_of("any name", NULL);
    struct page_files *page;
    struct err err;

    (void)state;
    assert_int_equal(page_files_new(&options, &page, &err), DONE);
    assert_null(strstr(page->policy.data, "any name"));
    assert_non_null(strstr(page->settings.data, "\"clientId\":null"));
    assert_non_null(strstr(page->settings.data, "\"issuer\":null"));
    page_files_free(page);
    page_files_free(NULL);
}

static void expect_index(const char *text, const char *expected)
{
    static const char empty[] = "";
    static const char english[] = "// said\nexport const noScript = \"Needs a {script}.\";\nx";
    static const char german[] = "export const noScript = \"Braucht es.\";";
    static const struct embedded_file files[] = {
        {"a.js", empty, empty},
        {"b.css", empty, empty},
        {"c.js", empty, empty},
        {"later_d.js", empty, empty},
        {"words_de.js", german, german + sizeof german - 1},
        {"words_en.js", english, english + sizeof english - 1},
        {"words_fr.js", empty, empty},
    };
    struct buffer out = {0};

    page_index(slice_of(text), files, sizeof files / sizeof *files, "v1", &out);
    if (!slice_equal(buffer_slice(&out), slice_of(expected)))
        fail_msg("%.*s", (int)out.size, out.data);
    buffer_free(&out);
}

static void the_index_names_modules_and_version(void **state)
{
    (void)state;
    expect_index("x", "x");
    expect_index("<../page/z ../page/", "<../page/v1/z ../page/v1/");
    expect_index("1<!-- each module -->(../page/{name},{name})<!-- /each module -->2 ../page/a.js",
                 "1(../page/v1/a.js,a.js)(../page/v1/c.js,c.js)2 ../page/v1/a.js");
    expect_index("1<!-- each module -->{name}", "1{name}"); // never ended
}

static void the_index_speaks_each_language(void **state)
{
    (void)state;
    expect_index("1<!-- each language -->({code}: {noScript} ../page/)<!-- /each language -->2",
                 "1(de: Braucht es. ../page/v1/)(en: Needs a {script}. ../page/v1/)2");
    expect_index("<!-- each language -->{code} <!-- /each language -->"
                 "<!-- each module -->{name} <!-- /each module -->",
                 "de en a.js c.js ");
    expect_index("1<!-- each language -->{code}", "1{code}"); // never ended
}

static void expect_source(const char *text, const char *expected)
{
    struct buffer out = {0};

    page_source(slice_of(text), &out);
    if (!slice_equal(buffer_slice(&out), slice_of(expected)))
        fail_msg("%.*s", (int)out.size, out.data);
    buffer_free(&out);
}

static void comments_and_indentation_are_left_out_and_lines_keep_their_numbers(void **state)
{
    (void)state;
    expect_source("// SPDX\n\n  a(); // said\n\tb;", "\n\na(); // said\nb;");
    expect_source("/** @type {x} */\n/* one\n * two\n */\nc /* d */\n", "\n\n\n\nc /* d */\n");
    expect_source("  /** @type {x} */ y = 1;\n/* a\n */ z;", "y = 1;\n\nz;");
    expect_source("a = b\n    / c;\n  //", "a = b\n/ c;\n");
    expect_source("/* never ended\na", "\n");
    expect_source(" \n", "\n");
}

static void another_setting_is_another_version(void **state)
{
    struct page_options options = options_of("https://id.example", "jobs");
    struct page_files *first, *again, *other;
    struct err err;

    (void)state;
    assert_int_equal(page_files_new(&options, &first, &err), DONE);
    assert_int_equal(page_files_new(&options, &again, &err), DONE);
    options.client_id = "others";
    assert_int_equal(page_files_new(&options, &other, &err), DONE);
    assert_int_equal(strlen(first->version), PAGE_VERSION_SIZE - 1);
    assert_string_equal(first->version, again->version);
    assert_string_not_equal(first->version, other->version);
    page_files_free(first);
    page_files_free(again);
    page_files_free(other);
}

static void each_allocation_may_fail(void **state)
{
    const struct page_options options = options_of("https://id.example", "jobs");
    bool failed = true;

    (void)state;
    for (long nth = 1; failed; nth++) {
        struct page_files *page = NULL;
        struct err err;
        int rc;

        failing_malloc_after(nth);
        rc = page_files_new(&options, &page, &err);
        failed = failing_malloc_happened();
        failing_malloc_never();
        if (rc)
            assert_int_equal(rc, RETRY);
        else
            assert_non_null(page_files_find(page, SLICE_LITERAL("index.html")));
        page_files_free(page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(origins_are_those_of_safe_addresses),
        cmocka_unit_test(an_unsafe_address_is_refused),
        cmocka_unit_test(without_a_client_nobody_is_talked_to),
        cmocka_unit_test(the_index_names_modules_and_version),
        cmocka_unit_test(the_index_speaks_each_language),
        cmocka_unit_test(another_setting_is_another_version),
        cmocka_unit_test(comments_and_indentation_are_left_out_and_lines_keep_their_numbers),
        cmocka_unit_test(each_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
