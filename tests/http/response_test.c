// SPDX-License-Identifier: Apache-2.0
// Answers as the asker wants them: tags, gzip, headers that cannot be broken out of, problems.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <zlib.h>

#include "http/encoding.h"
#include "http/entity_tag.h"
#include "http/problem.h"
#include "http/sent_header.h"

static void fill(struct response *response, size_t size)
{
    response_init(response);
    response->status = 200;
    response->media_type = "application/json";
    response->may_revalidate = true;
    memset(buffer_extend(&response->body, size), 'x', size);
}

static const char *tag_of(struct response *response)
{
    const struct request plain = {0};

    response_negotiate(response, &plain);
    return sent_header(response, "ETag");
}

static void who_has_the_body_gets_none(void **state)
{
    struct response first, again, other;
    struct named_text header = {SLICE_LITERAL("If-None-Match"), SLICE_NULL};
    const struct request request = {.headers = &header, .header_count = 1};

    (void)state;
    fill(&first, 10);
    header.value = slice_of(tag_of(&first));
    assert_int_equal(first.status, 200);
    fill(&again, 10);
    response_negotiate(&again, &request);
    assert_int_equal(again.status, 304);
    assert_int_equal(again.body.size, 0);
    assert_non_null(sent_header(&again, "etag"));
    fill(&other, 11);
    response_negotiate(&other, &request);
    assert_int_equal(other.status, 200);
    assert_int_equal(other.body.size, 11);
    response_free(&first);
    response_free(&again);
    response_free(&other);
}

static void tags_are_found_in_a_list(void **state)
{
    const char *tag = "W/\"abc\"";

    (void)state;
    assert_true(entity_tag_matches(SLICE_LITERAL("*"), tag));
    assert_true(entity_tag_matches(SLICE_LITERAL("\"x\", W/\"y\" ,W/\"abc\""), tag));
    assert_true(entity_tag_matches(SLICE_LITERAL("\"abc\""), tag));
    assert_false(entity_tag_matches(SLICE_LITERAL("abc"), tag));
    assert_false(entity_tag_matches(SLICE_LITERAL("\"abc"), tag));
    assert_false(entity_tag_matches(SLICE_LITERAL("\"ABC\""), tag));
    assert_false(entity_tag_matches(SLICE_LITERAL(""), tag));
    assert_false(entity_tag_matches(SLICE_NULL, tag));
}

static void gzip_is_for_those_who_take_it(void **state)
{
    static const struct {
        const char *accept;
        bool takes;
    } cases[] = {
        {"gzip", true},
        {"deflate, GZIP;q=0.5", true},
        {"*", true},
        {"gzip;q=0", false},
        {"gzip; q=0.000, *", false},
        {"*;q=0", false},
        {"identity, br", false},
        {"", false},
        {"xgzip", false},
    };

    (void)state;
    assert_false(encoding_takes_gzip(SLICE_NULL));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (encoding_takes_gzip(slice_of(cases[i].accept)) != cases[i].takes)
            fail_msg("%s", cases[i].accept);
}

static void a_large_body_is_compressed_and_comes_back(void **state)
{
    const struct named_text header = {SLICE_LITERAL("Accept-Encoding"), SLICE_LITERAL("gzip")};
    const struct request request = {.headers = &header, .header_count = 1};
    struct response response;
    char out[5000];
    z_stream stream = {.next_out = (Bytef *)out, .avail_out = sizeof out};

    (void)state;
    fill(&response, ENCODING_WORTH_BYTES);
    response_negotiate(&response, &request);
    assert_null(sent_header(&response, "Content-Encoding"));
    response_free(&response);
    fill(&response, 5000);
    response_negotiate(&response, &request);
    assert_string_equal(sent_header(&response, "Content-Encoding"), "gzip");
    assert_true(response.body.size < 200);
    stream.next_in = (Bytef *)response.body.data;
    stream.avail_in = (uInt)response.body.size;
    assert_int_equal(inflateInit2(&stream, 31), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.total_out, 5000);
    inflateEnd(&stream);
    response_free(&response);
}

static void no_value_ends_its_header(void **state)
{
    struct response response;

    (void)state;
    response_init(&response);
    response_header(&response, "Location", "%s", "/a\r\nSet-Cookie: b\x01\x80");
    assert_string_equal(sent_header(&response, "location"), "/aSet-Cookie: b");
    response_free(&response);
}

static void a_problem_says_what_and_where(void **state)
{
    const struct problem_details details = {.detail = SLICE_LITERAL("no \"number\""),
                                            .parameter = SLICE_LITERAL("limit"),
                                            .allowed = "1 to 1000"};
    struct response response;
    json_t *json;

    (void)state;
    response_init(&response);
    response.may_revalidate = true;
    problem_respond(&response, PROBLEM_BAD_PARAMETER, &details, SLICE_LITERAL("/jobs"));
    assert_int_equal(response.status, 400);
    assert_false(response.may_revalidate);
    assert_string_equal(response.media_type, "application/problem+json");
    json = json_loadb(response.body.data, response.body.size, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(json, "title")), "Bad parameter");
    assert_int_equal(json_integer_value(json_object_get(json, "status")), 400);
    assert_string_equal(json_string_value(json_object_get(json, "detail")), "no \"number\"");
    assert_string_equal(json_string_value(json_object_get(json, "parameter")), "limit");
    assert_string_equal(json_string_value(json_object_get(json, "allowed")), "1 to 1000");
    assert_string_equal(json_string_value(json_object_get(json, "instance")), "/jobs");
    json_decref(json);
    response_free(&response);
    assert_string_equal(problem_type(PROBLEM_NO_SUCH_JOB),
                        "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_the_body_gets_none),
        cmocka_unit_test(tags_are_found_in_a_list),
        cmocka_unit_test(gzip_is_for_those_who_take_it),
        cmocka_unit_test(a_large_body_is_compressed_and_comes_back),
        cmocka_unit_test(no_value_ends_its_header),
        cmocka_unit_test(a_problem_says_what_and_where),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
