// SPDX-License-Identifier: Apache-2.0
// Targets taken apart: what is right comes out decoded, what is hostile is refused by name.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "http/request.h"

static enum target_fault fault_of(struct slice target)
{
    struct request request = {0};
    struct arena arena;
    enum target_fault fault;

    arena_init(&arena);
    fault = request_read_target(&request, target, &arena);
    arena_reset(&arena);
    return fault;
}

static void segments_and_parameters_come_out_decoded(void **state)
{
    static const struct {
        const char *name, *value;
    } expected[] = {{"q", "a b&c"}, {"sortby", " created"}, {"flag", NULL}, {"q", ""}, {"", "x"}};
    struct request request = {0};
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_int_equal(request_read_target(&request,
                                         SLICE_LITERAL("/organizations/a%2Fb/jobs/caf%C3%A9+1"
                                                       "?q=a+b%26c&sortby=+created&&flag&q=&=x"),
                                         &arena),
                     TARGET_OK);
    assert_int_equal(request.segment_count, 4);
    assert_true(slice_equal(request.segments[1], SLICE_LITERAL("a/b")));
    assert_true(slice_equal(request.segments[3], SLICE_LITERAL("caf\xc3\xa9+1")));
    assert_int_equal(request.parameter_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_true(slice_equal(request.parameters[i].name, slice_of(expected[i].name)));
        if (expected[i].value)
            assert_true(slice_equal(request.parameters[i].value, slice_of(expected[i].value)));
        else
            assert_int_equal(request.parameters[i].value.size, 0);
    }
    arena_reset(&arena);
}

static void hostile_targets_are_refused(void **state)
{
    static const struct {
        const char *target;
        enum target_fault fault;
    } cases[] = {
        {"", TARGET_NOT_A_PATH},
        {"*", TARGET_NOT_A_PATH},
        {"http://elsewhere/organizations", TARGET_NOT_A_PATH},
        {"/", TARGET_OK},
        {"/a%", TARGET_BAD_ENCODING},
        {"/a%2", TARGET_BAD_ENCODING},
        {"/a%zz", TARGET_BAD_ENCODING},
        {"/a%+1", TARGET_BAD_ENCODING},
        {"/a b", TARGET_BAD_ENCODING},
        {"/a\x7f", TARGET_BAD_ENCODING},
        {"/a%00b", TARGET_NOT_TEXT},
        {"/a%ff", TARGET_NOT_TEXT},
        {"/a\xff", TARGET_NOT_TEXT},
        {"/%C0%AF", TARGET_NOT_TEXT},
        {"/%ED%A0%80", TARGET_NOT_TEXT},
        {"/a/../b", TARGET_DOT_SEGMENT},
        {"/a/%2e%2E", TARGET_DOT_SEGMENT},
        {"/./a", TARGET_DOT_SEGMENT},
        {"/a/...", TARGET_OK},
        {"/1/2/3/4/5/6/7/8", TARGET_OK},
        {"/1/2/3/4/5/6/7/8/9", TARGET_TOO_MANY_SEGMENTS},
        {"/a?b=%00", TARGET_NOT_TEXT},
        {"/a?%ff=b", TARGET_NOT_TEXT},
        {"/a?b=%", TARGET_BAD_ENCODING},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (fault_of(slice_of(cases[i].target)) != cases[i].fault)
            fail_msg("%s: %u", cases[i].target, fault_of(slice_of(cases[i].target)));
}

static void size_and_number_are_bounded(void **state)
{
    static char target[TARGET_MAX_BYTES + 1];
    size_t size = 0;

    (void)state;
    memset(target, 'a', sizeof target);
    target[0] = '/';
    assert_int_equal(fault_of((struct slice){target, sizeof target - 1}), TARGET_OK);
    assert_int_equal(fault_of((struct slice){target, sizeof target}), TARGET_TOO_LONG);
    size = (size_t)sprintf(target, "/?");
    for (int i = 0; i < PARAMETERS_MAX; i++)
        size += (size_t)sprintf(target + size, "a&");
    assert_int_equal(fault_of((struct slice){target, size}), TARGET_OK);
    size += (size_t)sprintf(target + size, "a");
    assert_int_equal(fault_of((struct slice){target, size}), TARGET_TOO_MANY_PARAMETERS);
}

static void methods_are_told_by_their_exact_name(void **state)
{
    (void)state;
    assert_int_equal(request_method("HEAD"), METHOD_GET);
    assert_int_equal(request_method("DELETE"), METHOD_DELETE);
    assert_int_equal(request_method("get"), METHOD_OTHER);
    assert_int_equal(request_method("TRACE"), METHOD_OTHER);
    assert_int_equal(request_method(""), METHOD_OTHER);
}

static void a_header_that_comes_twice_is_none(void **state)
{
    const struct named_text headers[] = {
        {SLICE_LITERAL("authorization"), SLICE_LITERAL(" Bearer a\t")},
        {SLICE_LITERAL("Origin"), SLICE_LITERAL("x")},
        {SLICE_LITERAL("ORIGIN"), SLICE_LITERAL("x")},
    };
    const struct request request = {.headers = headers, .header_count = 3};

    (void)state;
    assert_true(slice_equal(request_header(&request, "Authorization"), SLICE_LITERAL("Bearer a")));
    assert_true(slice_is_null(request_header(&request, "Origin")));
    assert_int_equal(request_header_count(&request, "Origin"), 2);
    assert_true(slice_is_null(request_header(&request, "Accept")));
}

static void what_is_encoded_comes_back(void **state)
{
    const struct slice id = SLICE_LITERAL("a/b?c#d%e+f g\"\xc3\xa9~.-_");
    struct request request = {0};
    struct arena arena;
    struct buffer target;

    (void)state;
    arena_init(&arena);
    buffer_init(&target);
    buffer_append_text(&target, "/");
    request_encode(&target, id);
    buffer_append_text(&target, "?x=");
    request_encode(&target, id);
    assert_int_equal(request_read_target(&request, buffer_slice(&target), &arena), TARGET_OK);
    assert_int_equal(request.segment_count, 1);
    assert_true(slice_equal(request.segments[0], id));
    assert_true(slice_equal(request.parameters[0].value, id));
    buffer_free(&target);
    arena_reset(&arena);
}

// Dots alone do not come through an address; with a tilde in front of them they do, and every other
// id stays another one.
static void ids_of_dots_come_through_a_path(void **state)
{
    static const struct {
        const char *id, *segment;
    } cases[] = {
        {".", "~."},        {"..", "~.."},    {"~.", "~~."},  {"~~..", "~~~.."}, {"...", "..."},
        {"~...", "~..."},   {"~", "~"},       {".a", ".a"},   {"~a.", "~a."},    {"a..", "a.."},
        {"a/..", "a%2F.."}, {"~..a", "~..a"}, {".~.", ".~."},
    };
    struct buffer out;

    (void)state;
    buffer_init(&out);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request request = {0};
        struct arena arena;

        arena_init(&arena);
        buffer_clear(&out);
        buffer_append_text(&out, "/");
        request_encode_id(&out, slice_of(cases[i].id));
        assert_int_equal(request_read_target(&request, buffer_slice(&out), &arena), TARGET_OK);
        if (!slice_equal((struct slice){out.data + 1, out.size - 1}, slice_of(cases[i].segment)) ||
            !slice_equal(request_id_of_segment(request.segments[0]), slice_of(cases[i].id)))
            fail_msg("%s", cases[i].id);
        arena_reset(&arena);
    }
    assert_true(slice_equal(request_id_of_segment(SLICE_LITERAL("~..")), SLICE_LITERAL("..")));
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_and_parameters_come_out_decoded),
        cmocka_unit_test(hostile_targets_are_refused),
        cmocka_unit_test(size_and_number_are_bounded),
        cmocka_unit_test(methods_are_told_by_their_exact_name),
        cmocka_unit_test(a_header_that_comes_twice_is_none),
        cmocka_unit_test(what_is_encoded_comes_back),
        cmocka_unit_test(ids_of_dots_come_through_a_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
