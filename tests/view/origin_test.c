// SPDX-License-Identifier: Apache-2.0
// What links begin with: never with what the request does not show.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view/origin.h"

enum { PORT = 8080, HEADERS_MAX = 4 };

struct asked {
    const char *base_url;
    bool is_http_1_0, by_trusted_proxy;
    uint16_t port;                            // 0: PORT
    const char *headers[2 * HEADERS_MAX + 1]; // names and values
};

static void begins_with(const struct asked *asked, const char *expected)
{
    const struct api api = {.base_url = asked->base_url ? asked->base_url : ""};
    struct named_text headers[HEADERS_MAX];
    struct visit visit;
    struct slice origin;

    visit_init(&visit);
    visit.port = asked->port ? asked->port : PORT;
    visit.is_http_1_1 = !asked->is_http_1_0;
    visit.by_trusted_proxy = asked->by_trusted_proxy;
    visit.request.headers = headers;
    for (size_t i = 0; asked->headers[i]; i += 2)
        headers[visit.request.header_count++] =
            (struct named_text){slice_of(asked->headers[i]), slice_of(asked->headers[i + 1])};
    origin = origin_of(&api, &visit);
    assert_non_null(origin.data);
    if (!slice_equal(origin, slice_of(expected)))
        fail_msg("%.*s instead of %s", (int)origin.size, origin.data, expected);
    visit_free(&visit);
}

#define HOST "Host", "jobs.example.org:8080"

static void the_base_url_is_what_links_begin_with(void **state)
{
    (void)state;
    begins_with(&(struct asked){.base_url = "https://b.example", .headers = {HOST}},
                "https://b.example");
}

static void whoever_connects_themselves_has_links_to_where_they_did(void **state)
{
    (void)state;
    begins_with(&(struct asked){.headers = {HOST}}, "http://jobs.example.org:8080");
    begins_with(&(struct asked){.headers = {"host", "[::1]:8080"}}, "http://[::1]:8080");
    begins_with(&(struct asked){.port = 80, .headers = {"Host", "jobs.example.org"}},
                "http://jobs.example.org");
    begins_with(&(struct asked){.port = 80, .headers = {"Host", "[::1]"}}, "http://[::1]");
}

static void what_may_have_come_through_a_proxy_has_paths(void **state)
{
    static const char *const signs[] = {"Via",       "Forwarded",         "X-Forwarded-For",
                                        "X-Real-IP", "X-Forwarded-Proto", "X-Forwarded-Host"};

    (void)state;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        begins_with(&(struct asked){.headers = {HOST, signs[i], "https"}}, "");
    begins_with(&(struct asked){.is_http_1_0 = true, .headers = {HOST}}, "");
    begins_with(&(struct asked){.headers = {"Host", "jobs.example.org"}}, ""); // port 443, or 80
    begins_with(&(struct asked){.headers = {"Host", "jobs.example.org:9090"}}, "");
    begins_with(&(struct asked){.headers = {"Host", "jobs.example.org:8080x"}}, "");
    begins_with(&(struct asked){.headers = {"Host", "jobs.example.org:"}}, "");
    begins_with(&(struct asked){.headers = {HOST, HOST}}, "");
    begins_with(&(struct asked){.headers = {NULL}}, "");
}

static void a_trusted_proxy_says_what_was_asked_for(void **state)
{
    static const struct asked none = {.by_trusted_proxy = true, .headers = {HOST}};

    (void)state;
    begins_with(&none, ""); // it does not say whether with TLS
    begins_with(&(struct asked){.by_trusted_proxy = true,
                                .is_http_1_0 = true,
                                .headers = {HOST, "X-Forwarded-Proto", "https"}},
                "https://jobs.example.org:8080");
    begins_with(&(struct asked){.by_trusted_proxy = true,
                                .headers = {HOST, "X-Forwarded-Proto", "https", "X-Forwarded-Host",
                                            "www.example.org"}},
                "https://www.example.org");
    begins_with(&(struct asked){.by_trusted_proxy = true,
                                .headers = {HOST, "X-Forwarded-Proto", "https", "X-Forwarded-Host",
                                            "www.example.org, b"}},
                "");
    begins_with(
        &(struct asked){.by_trusted_proxy = true, .headers = {HOST, "X-Forwarded-Proto", "gopher"}},
        "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_base_url_is_what_links_begin_with),
        cmocka_unit_test(whoever_connects_themselves_has_links_to_where_they_did),
        cmocka_unit_test(what_may_have_come_through_a_proxy_has_paths),
        cmocka_unit_test(a_trusted_proxy_says_what_was_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
