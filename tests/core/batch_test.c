// SPDX-License-Identifier: Apache-2.0
// Batches gather rows and dead letters; batch_write turns them into one transaction.
#include "core/made.h"

#include <stdio.h>

#include "core/batch_write.h"

static struct batch batch;
static struct cache cache;

static int open_batch(void **state)
{
    (void)state;
    batch_init(&batch, 2);
    cache_init(&cache, SIZE_MAX);
    return 0;
}

static int close_batch(void **state)
{
    (void)state;
    batch_clear(&batch);
    batch_free(&batch);
    cache_clear(&cache);
    return 0;
}

static struct cached_row *row_of(const char *organization, const char *job)
{
    struct job_key key = {.organization_id = slice_of(organization), .job_id = slice_of(job)};
    struct cached_row *cached;
    struct err err;

    assert_int_equal(cache_get(&cache, &key, &cached, &err), DONE);
    return cached;
}

static void list(struct cached_row *cached)
{
    struct err err;

    assert_int_equal(batch_list(&batch, cached, &err), DONE);
}

static void refuse(const struct dead_letter *letter)
{
    struct err err;

    assert_int_equal(batch_refuse(&batch, letter, &err), DONE);
}

static void a_row_is_listed_once(void **state)
{
    struct cached_row *cached = row_of("org", "job");

    (void)state;
    list(cached);
    list(cached);
    assert_int_equal(batch.row_count, 1);
    assert_int_equal(cached->listed, 2);
}

static void clearing_leaves_the_other_batchs_mark(void **state)
{
    struct cached_row *cached = row_of("org", "job");

    (void)state;
    cached->listed = 1;
    list(cached);
    assert_int_equal(cached->listed, 3);
    batch_clear(&batch);
    assert_int_equal(cached->listed, 1);
    assert_int_equal(batch.row_count, 0);
}

static void rows_are_sorted_by_job_then_organisation(void **state)
{
    static const char *const jobs[] = {"c", "a", "b"};
    char job[16];
    struct err err;

    (void)state;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 50; j++) {
            snprintf(job, sizeof job, "%s%d", jobs[i], j);
            list(row_of(j % 2 ? "y" : "x", job));
            list(row_of("z", job));
        }
    assert_int_equal(batch_sort(&batch, &err), DONE);
    assert_int_equal(batch.row_count, 300);
    for (size_t i = 1; i < batch.row_count; i++)
        assert_true(job_key_compare(&batch.rows[i - 1]->row->key, &batch.rows[i]->row->key) < 0);
}

static void records_and_bytes_are_counted_and_the_last_is_remembered(void **state)
{
    struct source source = {SLICE_LITERAL("events"), 3};

    (void)state;
    batch_count(&batch, &source, 41, 100);
    batch_count(&batch, &source, 42, 5);
    assert_int_equal(batch.records, 2);
    assert_int_equal(batch.bytes, 105);
    assert_int_equal(batch.only_offset, 42);
    assert_int_equal(batch.only_source.partition, 3);
    batch_clear(&batch);
    assert_int_equal(batch.records, 0);
    assert_int_equal(batch.bytes, 0);
}

static void a_dead_letter_is_copied_whole(void **state)
{
    char topic[] = "events", key[] = "k", value[] = "\0v", message[] = "why", name[] = "trace",
         content[] = "t";
    struct record_header header = {{name, 5}, {content, 1}};
    const struct dead_letter letter = {
        .source = {{topic, 6}, 3},
        .offset = 42,
        .timestamp_ms = 7,
        .key = {key, 1},
        .value = {value, 2},
        .headers = &header,
        .header_count = 1,
        .stage = "decode",
        .reason = "BAD",
        .message = {message, 3},
    };
    const struct dead_letter *kept;

    (void)state;
    refuse(&letter);
    memset(topic, 'x', 6);
    memset(name, 'x', 5);
    key[0] = value[1] = message[0] = content[0] = 'x';
    assert_int_equal(batch.dead_letter_count, 1);
    kept = &batch.dead_letters[0];
    assert_slice(kept->source.topic, "events");
    assert_int_equal(kept->source.partition, 3);
    assert_int_equal(kept->offset, 42);
    assert_int_equal(kept->timestamp_ms, 7);
    assert_slice(kept->key, "k");
    assert_int_equal(kept->value.size, 2);
    assert_memory_equal(kept->value.data, "\0v", 2);
    assert_slice(kept->message, "why");
    assert_string_equal(kept->stage, "decode");
    assert_string_equal(kept->reason, "BAD");
    assert_int_equal(kept->header_count, 1);
    assert_slice(kept->headers[0].name, "trace");
    assert_slice(kept->headers[0].value, "t");
}

static void what_may_be_a_credential_is_dropped(void **state)
{
    const struct record_header headers[] = {
        {SLICE_LITERAL("authorization"), SLICE_LITERAL("secret")},
        {SLICE_LITERAL("first"), SLICE_NULL},
        {SLICE_LITERAL("Authorization"), SLICE_LITERAL("secret")},
        {SLICE_LITERAL("AUTHORIZATION"), SLICE_NULL},
        {SLICE_LITERAL("author"), SLICE_LITERAL("")},
        {SLICE_LITERAL("x-authorization"), SLICE_LITERAL("v")},
        {SLICE_LITERAL("__connect.errors.topic"), SLICE_LITERAL("forged")},
    };
    const struct dead_letter letter = {.source.topic = SLICE_LITERAL("events"),
                                       .headers = headers,
                                       .header_count = sizeof headers / sizeof *headers,
                                       .message = SLICE_LITERAL("")};
    const struct dead_letter *kept;

    (void)state;
    refuse(&letter);
    kept = &batch.dead_letters[0];
    assert_int_equal(kept->header_count, 2);
    assert_slice(kept->headers[0].name, "first");
    assert_null(kept->headers[0].value.data);
    assert_slice(kept->headers[1].name, "author");
    assert_non_null(kept->headers[1].value.data);
}

static void absent_keys_and_values_stay_absent(void **state)
{
    const struct dead_letter letter = {.source.topic = SLICE_LITERAL("events"),
                                       .value = SLICE_LITERAL("")};

    (void)state;
    for (int i = 0; i < 200; i++)
        refuse(&letter);
    assert_int_equal(batch.dead_letter_count, 200);
    assert_null(batch.dead_letters[0].key.data);
    assert_non_null(batch.dead_letters[199].value.data);
    assert_int_equal(batch.dead_letters[199].value.size, 0);
}

// Draws 1, 2, 3 and so on.
static uint64_t next_number(void *self)
{
    return ++*(uint64_t *)self;
}

static void write_rows(struct batch_write *out)
{
    uint64_t drawn = 0;
    struct random_port random = {&drawn, next_number};
    struct err err;

    *out = (struct batch_write){0};
    assert_int_equal(batch_sort(&batch, &err), DONE);
    assert_int_equal(batch_write_rows(&batch, &random, &batch.arena, out, &err), DONE);
}

static void assert_count(const struct count_delta *delta, const char *type, enum job_status status,
                         int64_t by)
{
    assert_slice(delta->organization_id, "org");
    assert_slice(delta->type, type);
    assert_int_equal(delta->status, status);
    assert_true(delta->delta == by);
}

static void a_row_believed_absent_is_an_insert_and_counts_one_more(void **state)
{
    struct cached_row *cached = row_of("org", "job");
    struct batch_write write;

    (void)state;
    folded(cached->row, made_creation(0, 1, "ann"));
    cached->base = BASE_ABSENT;
    cached->dirty = true;
    list(cached);
    write_rows(&write);
    assert_int_equal(write.row_count, 1);
    assert_false(write.rows[0].is_known);
    assert_int_equal(write.rows[0].revision, 1);
    assert_int_equal(write.count_count, 1);
    assert_count(&write.counts[0], "Load", STATUS_ACCEPTED, 1);
    assert_int_equal(cached->base, BASE_STORED);
    assert_int_equal(cached->revision, 1);
    assert_false(cached->dirty);
    assert_false(cached->row->history_changed);
}

static struct cached_row *stored_row(const char *job, const char *type, enum job_status status)
{
    struct cached_row *cached = row_of("org", job);

    cached->base = BASE_STORED;
    cached->revision = 77;
    cached->stored_status = status;
    assert_true(text_set(cached->row, &cached->row->counted_type, slice_of(type)));
    cached->dirty = true;
    list(cached);
    return cached;
}

static void a_stored_row_is_an_update_of_its_revision_and_moves_one(void **state)
{
    struct cached_row *cached = stored_row("job", "Load", STATUS_ACCEPTED);
    struct batch_write write;

    (void)state;
    folded(cached->row, made_creation(0, 1, "ann"));
    folded(cached->row, made(JOB_STARTED, 1, 1, 2));
    write_rows(&write);
    assert_true(write.rows[0].is_known);
    assert_int_equal(write.rows[0].base_revision, 77);
    assert_int_equal(write.rows[0].revision, 1);
    assert_true(write.rows[0].history_changed);
    assert_int_equal(write.count_count, 2);
    assert_count(&write.counts[0], "Load", STATUS_ACCEPTED, -1);
    assert_count(&write.counts[1], "Load", STATUS_RUNNING, 1);
}

// The type that is taken from one total is the one that was counted, although the row has another
// by now and its memory is used again.
static void a_row_whose_type_changed_leaves_its_old_total(void **state)
{
    struct cached_row *cached = stored_row("job", "Analyze", STATUS_ACCEPTED);
    struct batch_write write;

    (void)state;
    folded(cached->row, made_creation(0, 1, "ann"));
    write_rows(&write);
    assert_int_equal(write.count_count, 2);
    assert_count(&write.counts[0], "Analyze", STATUS_ACCEPTED, -1);
    assert_count(&write.counts[1], "Load", STATUS_ACCEPTED, 1);
    assert_text(cached->row->counted_type, "Load");
}

static void a_row_whose_type_becomes_known_leaves_the_total_of_none(void **state)
{
    struct cached_row *cached = stored_row("job", NULL, STATUS_ACCEPTED);
    struct batch_write write;

    (void)state;
    folded(cached->row, made_creation(0, 1, "ann"));
    write_rows(&write);
    assert_int_equal(write.count_count, 2);
    assert_count(&write.counts[0], "", STATUS_ACCEPTED, -1);
    assert_count(&write.counts[1], "Load", STATUS_ACCEPTED, 1);
}

static void a_row_that_stays_where_it_is_counted_moves_no_total(void **state)
{
    struct cached_row *cached = stored_row("job", "Load", STATUS_ACCEPTED);
    struct batch_write write;

    (void)state;
    folded(cached->row, made_creation(0, 1, "ann"));
    write_rows(&write);
    assert_int_equal(write.row_count, 1);
    assert_int_equal(write.count_count, 0);
}

static void rows_that_are_clean_are_not_written(void **state)
{
    struct cached_row *cached = stored_row("a", "Load", STATUS_ACCEPTED);
    struct batch_write write;

    (void)state;
    stored_row("b", "Load", STATUS_ACCEPTED);
    folded(cached->row, made_creation(0, 1, "ann"));
    cached->dirty = false;
    write_rows(&write);
    assert_int_equal(write.row_count, 1);
    assert_slice(write.rows[0].columns.key.job_id, "b");
    assert_int_equal(cached->revision, 77);
}

#define BATCH_TEST(name) cmocka_unit_test_setup_teardown(name, open_batch, close_batch)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BATCH_TEST(a_row_is_listed_once),
        BATCH_TEST(clearing_leaves_the_other_batchs_mark),
        BATCH_TEST(rows_are_sorted_by_job_then_organisation),
        BATCH_TEST(records_and_bytes_are_counted_and_the_last_is_remembered),
        BATCH_TEST(a_dead_letter_is_copied_whole),
        BATCH_TEST(what_may_be_a_credential_is_dropped),
        BATCH_TEST(absent_keys_and_values_stay_absent),
        BATCH_TEST(a_row_believed_absent_is_an_insert_and_counts_one_more),
        BATCH_TEST(a_stored_row_is_an_update_of_its_revision_and_moves_one),
        BATCH_TEST(a_row_whose_type_changed_leaves_its_old_total),
        BATCH_TEST(a_row_whose_type_becomes_known_leaves_the_total_of_none),
        BATCH_TEST(a_row_that_stays_where_it_is_counted_moves_no_total),
        BATCH_TEST(rows_that_are_clean_are_not_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
