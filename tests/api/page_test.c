// SPDX-License-Identifier: Apache-2.0
// The Jobs page at its addresses: who gets it, with which headers, and what stays the API's.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "api/asking.h"
#include "api/routes.h"
#include "embedded_page.h"
#include "page/page_files.h"
#include "page/page_source.h"

#define BROWSER "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

static struct page_files *page;

static int begin(void **state)
{
    asking_reset(state);
    made_world.page_files = page;
    return 0;
}

static int make(void **state)
{
    static const char *const origins[] = {"https://tokens.example:8443", NULL};
    const struct page_options options = {.issuer = "https://issuer.example/realms/x",
                                         .client_id = "jobs",
                                         .scope = "openid",
                                         .connect_origins = origins,
                                         .claims = {"/org", "/role", "/sub", {NULL}}};
    struct err err;

    (void)state;
    return page_files_new(&options, &page, &err);
}

static int unmake(void **state)
{
    (void)state;
    page_files_free(page);
    return 0;
}

static void a_browser_gets_the_page(void **state)
{
    (void)state;
    assert_int_equal(ask_with("GET", ORG, NULL, "Accept", BROWSER), 200);
    assert_string_equal(answer.visit.response.media_type, "text/html; charset=utf-8");
    assert_int_equal(answer.visit.route, ROUTE_PAGE);
    assert_string_equal(header("Vary"), "Accept, Accept-Encoding");
    assert_string_equal(header("Cache-Control"), "no-cache");
    assert_string_equal(header("X-Content-Type-Options"), "nosniff");
    assert_string_equal(header("Referrer-Policy"), "no-referrer");
    assert_string_equal(header("Cross-Origin-Opener-Policy"), "same-origin");
    assert_string_equal(header("Content-Security-Policy"),
                        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
                        "require-trusted-types-for 'script'; trusted-types 'none'; "
                        "connect-src 'self' https://issuer.example https://tokens.example:8443");
    made_answer_free(&answer);
}

static void filters_in_the_address_are_the_pages(void **state)
{
    (void)state;
    assert_int_equal(ask_with("GET", ORG "?status=failed&unheard=of", NULL, "Accept", BROWSER),
                     200);
    made_answer_free(&answer);
}

static void a_slash_at_the_end_goes_away(void **state)
{
    (void)state;
    assert_int_equal(ask_with("GET", "/organizations/a%20b/?q=1%202", NULL, "Accept", BROWSER),
                     308);
    assert_string_equal(header("Location"), "../a%20b?q=1%202");
    made_answer_free(&answer);
}

static void programs_get_what_they_got(void **state)
{
    (void)state;
    assert_int_equal(ask_with("GET", ORG, ADMIN, "Accept", "*/*"), 200);
    assert_string_equal(answer.visit.response.media_type, "application/json");
    assert_string_equal(header("Vary"), "Accept, Authorization, Accept-Encoding, Origin");
    made_answer_free(&answer);
    assert_int_equal(ask_with("GET", ORG, NULL, "Accept", "*/*"), 401);
    assert_non_null(strstr(header("Vary"), "Accept,"));
    made_answer_free(&answer);
    assert_int_equal(ask_with("GET", ORG "/jobs", NULL, "Accept", BROWSER), 401);
    made_answer_free(&answer);
    expect(405, "POST", ORG, ADMIN);
    expect(404, "GET", "/organizations", NULL);
}

// All but the index, which names the others, and what page_source.h leaves out of a file.
static bool is_as_written(const struct embedded_file *file)
{
    struct slice body = buffer_slice(&answer.visit.response.body);
    const char *ending = strrchr(file->name, '.');
    struct buffer source = {0};
    bool is_same;

    if (!strcmp(file->name, "index.html"))
        return true;
    if (strcmp(ending, ".js") != 0 && strcmp(ending, ".css") != 0)
        return slice_equal(body, embedded_slice(file));
    page_source(embedded_slice(file), &source);
    is_same = slice_equal(body, buffer_slice(&source));
    buffer_free(&source);
    return is_same;
}

static void every_file_has_its_type_and_tag(void **state)
{
    char target[128], tag[64];

    (void)state;
    for (size_t i = 0; i < embedded_page_count; i++) {
        snprintf(target, sizeof target, "/page/%s", embedded_page[i].name);
        assert_int_equal(ask("GET", target, NULL), 200);
        assert_string_not_equal(answer.visit.response.media_type, "application/octet-stream");
        assert_true(is_as_written(&embedded_page[i]));
        assert_string_equal(header("Vary"), "Accept-Encoding");
        snprintf(tag, sizeof tag, "%s", header("ETag"));
        made_answer_free(&answer);
        assert_int_equal(ask_with("GET", target, NULL, "If-None-Match", tag), 304);
        assert_int_equal(answer.visit.response.body.size, 0);
        assert_string_equal(header("ETag"), tag);
        made_answer_free(&answer);
    }
}

static void expect_lasting(const char *version, const char *name, bool lasts)
{
    char target[128];

    snprintf(target, sizeof target, "/page/%s/%s", version, name);
    assert_int_equal(ask("GET", target, NULL), 200);
    assert_string_equal(header("Cache-Control"),
                        lasts ? "public, max-age=31536000, immutable" : "no-cache");
    made_answer_free(&answer);
}

static void files_of_a_version_last(void **state)
{
    (void)state;
    expect_lasting(page->version, "main.js", true);
    expect_lasting(page->version, "settings.json", true);
    expect_lasting("0123456789abcdef", "main.js", false); // of another version of the service
    expect(404, "GET", "/page/0123456789abcdeF/main.js", NULL);
    expect(404, "GET", "/page/0123/main.js", NULL);
    expect(404, "GET", "/page/0123456789abcdef/nothing.js", NULL);
    expect(404, "GET", "/page/0123456789abcdef/", NULL);
}

static void what_is_not_there_is_not_found(void **state)
{
    (void)state;
    expect(404, "GET", "/page/nothing.js", NULL);
    expect(404, "GET", "/page/..%2Froutes.c", NULL);
    expect(404, "GET", "/page/", NULL);
    expect(404, "GET", "/page", NULL);
    expect(404, "GET", "/page/index.html/x", NULL);
    assert_int_equal(ask("POST", "/page/main.js", NULL), 405);
    assert_string_equal(header("Allow"), "GET, HEAD");
    made_answer_free(&answer);
    made_world.page_files = NULL;
    expect(404, "GET", "/page/main.js", NULL);
    assert_int_equal(ask_with("GET", ORG, NULL, "Accept", BROWSER), 401);
    made_answer_free(&answer);
}

static void the_root_leads_a_browser_to_where_it_is_asked_for_its_organization(void **state)
{
    (void)state;
    assert_int_equal(ask_with("GET", "/", NULL, "Accept", BROWSER), 307);
    assert_string_equal(header("Location"), "page/organization");
    assert_memory_equal(header("Vary"), "Accept,", 7);
    made_answer_free(&answer);
    expect(404, "GET", "/", NULL);
    assert_int_equal(ask_with("GET", "/page/organization", NULL, "Accept", BROWSER), 200);
    assert_string_equal(answer.visit.response.media_type, "text/html; charset=utf-8");
    made_answer_free(&answer);
    made_world.page_files = NULL;
    assert_int_equal(ask_with("GET", "/", NULL, "Accept", BROWSER), 404);
    made_answer_free(&answer);
}

static void the_page_is_told_how_to_sign_in(void **state)
{
    json_t *claims;

    (void)state;
    assert_int_equal(ask("GET", "/page/settings.json", NULL), 200);
    assert_string_equal(answer.visit.response.media_type, "application/json");
    assert_string_equal(answer_text(&answer, "issuer"), "https://issuer.example/realms/x");
    assert_string_equal(answer_text(&answer, "clientId"), "jobs");
    assert_string_equal(answer_text(&answer, "scope"), "openid");
    claims = json_object_get(answer.json, "claims");
    assert_string_equal(json_string_value(json_object_get(claims, "organization")), "/org");
    assert_string_equal(json_string_value(json_object_get(claims, "role")), "/role");
    assert_string_equal(json_string_value(json_object_get(claims, "member")), "/sub");
    made_answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_browser_gets_the_page, begin),
        cmocka_unit_test_setup(filters_in_the_address_are_the_pages, begin),
        cmocka_unit_test_setup(a_slash_at_the_end_goes_away, begin),
        cmocka_unit_test_setup(programs_get_what_they_got, begin),
        cmocka_unit_test_setup(every_file_has_its_type_and_tag, begin),
        cmocka_unit_test_setup(files_of_a_version_last, begin),
        cmocka_unit_test_setup(the_root_leads_a_browser_to_where_it_is_asked_for_its_organization,
                               begin),
        cmocka_unit_test_setup(what_is_not_there_is_not_found, begin),
        cmocka_unit_test_setup(the_page_is_told_how_to_sign_in, begin),
    };

    return cmocka_run_group_tests(tests, make, unmake);
}
