// SPDX-License-Identifier: Apache-2.0
// What is kept of records that could not be understood.
#include "store/harness.h"

#include <string.h>

static void dead_letters_keep_their_bytes(void **state)
{
    struct harness *harness = *state;
    struct record_header headers[] = {{SLICE_LITERAL("tr\xff"
                                                     "ace"),
                                       SLICE_LITERAL("\0\xfe")},
                                      {SLICE_LITERAL("empty"), SLICE_LITERAL("")},
                                      {SLICE_LITERAL("none"), SLICE_NULL}};
    struct dead_letter letters[] = {
        {.source = {slice_of("events"), 3},
         .offset = 17,
         .timestamp_ms = -1,
         .key = SLICE_NULL,
         .value = SLICE_LITERAL("\0\xc3("),
         .headers = headers,
         .header_count = 3,
         .stage = "decode",
         .reason = "INVALID_UTF8",
         .message = SLICE_LITERAL("field \"\xc3\" is\0 cut \xe2\x82")},
        {.source = {slice_of("events"), 3}, .offset = 18, .stage = "check", .reason = "ID_LENGTH"}};
    struct batch_write batch = {.dead_letters = letters, .dead_letter_count = 2};

    harness_written(harness->store, &batch);
    harness_written(harness->store, &batch); // the same again adds none
    assert_string_equal(
        harness_value(harness->side,
                      "SELECT string_agg(concat_ws('|', record_offset, stage, reason, message,"
                      " coalesce(key::text, 'null'), coalesce(value::text, 'null'),"
                      " header_names::text, header_values::text), ';' ORDER BY record_offset)"
                      " FROM jobtrail.dead_letter"),
        "17|decode|INVALID_UTF8|field \"?\" is? cut ??|null|\\x00c328|"
        "{\"\\\\x7472ff616365\",\"\\\\x656d707479\",\"\\\\x6e6f6e65\"}|"
        "{\"\\\\x00fe\",\"\\\\x\",NULL};18|check|ID_LENGTH||null|null|{}|{}");
}

// A topic that was made again has other records at the same places: none is taken for one of
// before.
static void a_dead_letter_of_another_log_is_kept_too(void **state)
{
    struct harness *harness = *state;
    struct dead_letter letter = {.source = {slice_of("events"), 3},
                                 .offset = 17,
                                 .timestamp_ms = 5,
                                 .value = SLICE_LITERAL("before"),
                                 .stage = "decode",
                                 .reason = "FRAMING"};
    struct batch_write batch = {.dead_letters = &letter, .dead_letter_count = 1};

    harness_written(harness->store, &batch);
    letter.value = SLICE_LITERAL("after");
    harness_written(harness->store, &batch);
    harness_written(harness->store,
                    &batch); // once more, as after a batch that was not acknowledged
    assert_string_equal(
        harness_value(harness->side,
                      "SELECT string_agg(concat_ws('|', encode(value, 'escape'), record_offset,"
                      " regexp_replace(topic, ' until \\d.*', ' until then')), ';' ORDER BY id)"
                      " FROM jobtrail.dead_letter"),
        "before|17|events until then;after|17|events");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(dead_letters_keep_their_bytes),
        TEST(a_dead_letter_of_another_log_is_kept_too),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
