// SPDX-License-Identifier: Apache-2.0
// Rows own their texts and their key.
#include "core/made.h"

#include <stdlib.h>

static void a_text_is_absent_until_set_and_empty_is_not_absent(void **state)
{
    struct row *row = made_row();
    struct text *text = &row->end.message;

    (void)state;
    assert_true(slice_is_null(text_slice(text)));
    assert_true(text_set(row, text, SLICE_LITERAL("")));
    assert_false(slice_is_null(text_slice(text)));
    assert_int_equal(text->size, 0);
    assert_true(text_set(row, text, SLICE_NULL));
    assert_true(slice_is_null(text_slice(text)));
    row_free(row);
}

static void a_text_uses_its_memory_again(void **state)
{
    struct row *row = made_row();
    struct text *text = &row->end.message;
    const char *data;

    (void)state;
    assert_true(text_set(row, text, SLICE_LITERAL("a long enough text")));
    data = text->data;
    assert_true(text_set(row, text, SLICE_LITERAL("short")));
    assert_ptr_equal(text->data, data);
    assert_text(*text, "short");
    assert_true(text_set(row, text, SLICE_LITERAL("a long enough text")));
    assert_ptr_equal(text->data, data);
    row_free(row);
}

// Whatever the sizes, all texts are what they were set to, also when the block has moved.
static void texts_grow_beside_each_other(void **state)
{
    struct row *row = made_row();
    struct text *const texts[] = {&row->creation.type, &row->end.error_detail, &row->end.message};
    enum { TEXTS = sizeof texts / sizeof *texts, SIZES = 300 };
    char expected[TEXTS][SIZES] = {0};

    (void)state;
    for (size_t size = 0; size < SIZES; size++)
        for (size_t i = 0; i < TEXTS; i++) {
            char *text = made_text((char)('a' + i), size);

            assert_true(text_set(row, texts[i], (struct slice){text, size}));
            memcpy(expected[i], text, size);
            for (size_t j = 0; j < TEXTS && (size || j <= i); j++)
                assert_text(*texts[j], expected[j]);
            free(text);
        }
    row_free(row);
}

// Memory that no text needs any longer is not kept for ever.
static void a_block_that_grows_leaves_out_what_is_gone(void **state)
{
    struct row *row = made_row();
    char *large = made_text('x', 50000), *larger = made_text('y', 51000);

    (void)state;
    assert_true(text_set(row, &row->end.error_detail, (struct slice){large, 50000}));
    assert_true(text_set(row, &row->end.error_detail, SLICE_NULL));
    assert_true(text_set(row, &row->end.message, (struct slice){larger, 51000}));
    assert_true(row_bytes(row) < 60000);
    assert_text(row->end.message, larger);
    free(large);
    free(larger);
    row_free(row);
}

static void a_text_may_be_set_to_a_part_of_itself_or_of_another(void **state)
{
    struct row *row = made_row();
    struct text *text = &row->end.message;
    char *large = made_text('x', 1000);

    (void)state;
    assert_true(text_set(row, text, SLICE_LITERAL("abcdef")));
    assert_true(text_set(row, text, (struct slice){text->data + 2, 4}));
    assert_text(*text, "cdef");
    assert_true(text_set(row, text, (struct slice){large, 1000}));
    assert_true(text_set(row, &row->creation.message, text_slice(text))); // and the block moves
    assert_text(row->creation.message, large);
    assert_text(*text, large);
    free(large);
    row_free(row);
}

static void a_row_keeps_its_own_key(void **state)
{
    char organization[] = "acme", job[] = "j-1";
    struct err err;
    struct row *row = row_new(
        (struct job_key){.organization_id = slice_of(organization), .job_id = slice_of(job)}, &err);

    (void)state;
    memset(organization, 'x', 4);
    memset(job, 'x', 3);
    assert_slice(row->key.organization_id, "acme");
    assert_slice(row->key.job_id, "j-1");
    row_free(row);
    row_free(NULL);
}

static void keys_are_ordered_by_job_then_organisation(void **state)
{
    const struct job_key keys[] = {
        {.organization_id = SLICE_LITERAL("b"), .job_id = SLICE_LITERAL("a")},
        {.organization_id = SLICE_LITERAL("a"), .job_id = SLICE_LITERAL("aa")},
        {.organization_id = SLICE_LITERAL("a"), .job_id = SLICE_LITERAL("b")},
        {.organization_id = SLICE_LITERAL("c"), .job_id = SLICE_LITERAL("b")},
        {.organization_id = SLICE_LITERAL("a"), .job_id = SLICE_LITERAL("\xc3\xa9")},
    };

    (void)state;
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 5; j++) {
            int order = job_key_compare(&keys[i], &keys[j]);

            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

static void a_written_key_says_which_part_is_which(void **state)
{
    const struct job_key key = {.organization_id = SLICE_LITERAL("org"),
                                .job_id = SLICE_LITERAL("job")};
    char bytes[JOB_KEY_MAX_BYTES];

    (void)state;
    job_key_write(&key, bytes);
    assert_int_equal(job_key_size(&key), 7);
    assert_memory_equal(bytes, "job\0org", 7);
}

static void every_text_counts_in_the_memory_of_a_row_and_survives_a_move(void **state)
{
    struct row *row = made_row();
    struct text *const texts[] = {
        &row->end.message,       &row->end.result_uri, &row->end.error_code,
        &row->end.error_detail,  &row->statement.type, &row->statement.creator_id,
        &row->statement.message, &row->creation.type,  &row->creation.creator_id,
        &row->creation.message,  &row->counted_type,
    };
    enum { TEXTS = sizeof texts / sizeof *texts, SIZE = 500 };
    size_t before = row_bytes(row);

    (void)state;
    for (size_t i = 0; i < TEXTS; i++) {
        char *text = made_text((char)('a' + i), SIZE);

        assert_true(text_set(row, texts[i], (struct slice){text, SIZE}));
        assert_true(row_bytes(row) >= before + (i + 1) * SIZE);
        for (size_t j = 0; j <= i; j++)
            assert_int_equal(texts[j]->data[SIZE - 1], 'a' + j);
        free(text);
    }
    row_free(row);
}

static void the_history_counts_in_the_memory_of_a_row(void **state)
{
    struct row *row = made_row();
    size_t before = row_bytes(row);

    (void)state;
    folded(row, made(JOB_STARTED, 1, 0, 1));
    assert_true(row_bytes(row) == before + row->history.bytes);
    assert_true(row->history.bytes >= history_entries(&row->history, HISTORY_STARTS).size);
    row_free(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_absent_until_set_and_empty_is_not_absent),
        cmocka_unit_test(a_text_uses_its_memory_again),
        cmocka_unit_test(texts_grow_beside_each_other),
        cmocka_unit_test(a_block_that_grows_leaves_out_what_is_gone),
        cmocka_unit_test(a_text_may_be_set_to_a_part_of_itself_or_of_another),
        cmocka_unit_test(a_row_keeps_its_own_key),
        cmocka_unit_test(keys_are_ordered_by_job_then_organisation),
        cmocka_unit_test(a_written_key_says_which_part_is_which),
        cmocka_unit_test(every_text_counts_in_the_memory_of_a_row_and_survives_a_move),
        cmocka_unit_test(the_history_counts_in_the_memory_of_a_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
