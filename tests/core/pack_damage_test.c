// SPDX-License-Identifier: Apache-2.0
// Packed columns are hostile until checked: damage is FATAL ROW_UNREADABLE, never a crash. Each
// damaged column is copied to memory of exactly its size, so that a sanitizer sees a byte too many.
#include "core/made.h"

#include <stdlib.h>

#include "core/pack.h"

struct packed {
    struct row *row;
    struct arena arena;
    struct job_columns columns;
};

static int open_packed(void **state)
{
    static struct packed packed;
    struct event life[MADE_LIFE], end = made_saying(JOB_CANCELLED, 1, 2, 9, "as you wish");
    struct err err;

    end.has_command = true;
    made_life(life);
    packed.row = made_row();
    for (int i = 0; i < MADE_LIFE; i++)
        folded(packed.row, life[i]);
    folded(packed.row, end);
    arena_init(&packed.arena);
    assert_int_equal(pack_row(packed.row, &packed.arena, &packed.columns, &err), DONE);
    *state = &packed;
    return 0;
}

static int close_packed(void **state)
{
    struct packed *packed = *state;

    arena_reset(&packed->arena);
    row_free(packed->row);
    return 0;
}

static char *exact_copy(struct slice bytes)
{
    char *copy = malloc(bytes.size ? bytes.size : 1);

    assert_non_null(copy);
    if (bytes.size)
        memcpy(copy, bytes.data, bytes.size);
    return copy;
}

static int read_columns(const struct job_columns *columns)
{
    struct row *row = NULL;
    struct err err;
    int rc = unpack_row(columns, &row, &err);

    if (rc) {
        assert_int_equal(rc, FATAL);
        assert_int_equal(err.disposition, FATAL);
        assert_reason(err, "ROW_UNREADABLE");
        assert_null(row);
    }
    row_free(row);
    return rc;
}

// Reads the columns with one packed column of them replaced.
static int read_with(const struct packed *packed, bool is_state, struct slice bytes)
{
    struct job_columns columns = packed->columns;
    char *copy = exact_copy(bytes);
    int rc;

    *(is_state ? &columns.state : &columns.history) = (struct slice){copy, bytes.size};
    rc = read_columns(&columns);
    free(copy);
    return rc;
}

static struct slice column(const struct packed *packed, bool is_state)
{
    return is_state ? packed->columns.state : packed->columns.history;
}

static void what_is_whole_is_read(void **state)
{
    struct packed *packed = *state;

    assert_int_equal(read_columns(&packed->columns), DONE);
    for (int is_state = 0; is_state < 2; is_state++)
        assert_int_equal(read_with(packed, is_state, column(packed, is_state)), DONE);
}

static void every_truncation_is_refused(void **state)
{
    struct packed *packed = *state;

    for (int is_state = 0; is_state < 2; is_state++) {
        struct slice whole = column(packed, is_state);

        for (size_t size = 0; size < whole.size; size++)
            assert_int_equal(read_with(packed, is_state, (struct slice){whole.data, size}), FATAL);
    }
}

static void a_byte_too_many_is_refused(void **state)
{
    struct packed *packed = *state;

    for (int is_state = 0; is_state < 2; is_state++) {
        struct slice whole = column(packed, is_state);
        char *longer = malloc(whole.size + 1);

        assert_non_null(longer);
        memcpy(longer, whole.data, whole.size);
        longer[whole.size] = '\0';
        assert_int_equal(read_with(packed, is_state, (struct slice){longer, whole.size + 1}),
                         FATAL);
        free(longer);
    }
}

static void an_absent_column_is_refused(void **state)
{
    struct packed *packed = *state;
    struct job_columns columns = packed->columns;

    columns.state = SLICE_NULL;
    assert_int_equal(read_columns(&columns), FATAL);
    columns = packed->columns;
    columns.history = SLICE_NULL;
    assert_int_equal(read_columns(&columns), FATAL);
}

static void every_other_version_is_refused(void **state)
{
    struct packed *packed = *state;

    for (int is_state = 0; is_state < 2; is_state++) {
        struct slice whole = column(packed, is_state);
        char *bytes = exact_copy(whole);

        for (int version = 0; version < 256; version++) {
            bytes[0] = (char)version;
            assert_int_equal(read_with(packed, is_state, (struct slice){bytes, whole.size}),
                             version == PACK_VERSION ? DONE : FATAL);
        }
        free(bytes);
    }
}

// Not every flipped bit can be noticed (a message's letter), but none may crash.
static void every_flipped_byte_is_read_or_refused(void **state)
{
    struct packed *packed = *state;

    for (int is_state = 0; is_state < 2; is_state++) {
        struct slice whole = column(packed, is_state);
        char *bytes = exact_copy(whole);

        for (size_t at = 0; at < whole.size; at++)
            for (int flip = 1; flip < 256; flip++) {
                bytes[at] = (char)(whole.data[at] ^ flip);
                read_with(packed, is_state, (struct slice){bytes, whole.size});
                bytes[at] = whole.data[at];
            }
        free(bytes);
    }
}

// The first end of the history: its version, the three counts and what stands before it.
static void a_kind_that_does_not_exist_is_refused(void **state)
{
    struct packed packed;
    struct event tick = made_tick(1, 0, 1, 5);
    void *made_packed = &packed;
    struct err err;
    char *bytes;

    (void)state;
    tick.message = SLICE_LITERAL("on its way");
    packed.row = made_row();
    folded(packed.row, tick);
    folded(packed.row, made(JOB_FAILED, 1, 0, 1));
    arena_init(&packed.arena);
    assert_int_equal(pack_row(packed.row, &packed.arena, &packed.columns, &err), DONE);

    bytes = exact_copy(packed.columns.history);
    assert_int_equal(bytes[4 + 8 + 16 + 2], JOB_FAILED);
    bytes[4 + 8 + 16 + 2] = EVENT_KINDS;
    assert_int_equal(read_with(&packed, false, (struct slice){bytes, packed.columns.history.size}),
                     FATAL);
    free(bytes);

    // In the state: 4 bytes, the end (its id and an absent message), then the statement.
    bytes = exact_copy(packed.columns.state);
    assert_int_equal(bytes[4 + 16 + 2 + 8 + 16], JOB_PROGRESSED);
    bytes[4 + 16 + 2 + 8 + 16] = JOB_FAILED;
    assert_int_equal(read_with(&packed, true, (struct slice){bytes, packed.columns.state.size}),
                     FATAL);
    free(bytes);
    close_packed(&made_packed);
}

// What a JobCreated's limits are is what the rest of core has room for.
static void a_column_past_its_limit_is_refused(void **state)
{
    struct packed *packed = *state;
    char *text = made_text('x', 70 * 1024);
    struct job_columns columns = packed->columns;

    columns.type = (struct slice){text, TYPE_MAX_BYTES};
    assert_int_equal(read_columns(&columns), DONE);
    columns.type.size++;
    assert_int_equal(read_columns(&columns), FATAL);
    columns = packed->columns;
    columns.creator_id = (struct slice){text, ID_MAX_BYTES + 1};
    assert_int_equal(read_columns(&columns), FATAL);
    columns = packed->columns;
    columns.message = (struct slice){text, MESSAGE_MAX_BYTES + 1};
    assert_int_equal(read_columns(&columns), FATAL);
    columns = packed->columns;
    columns.error_code = (struct slice){text, ERROR_CODE_MAX_BYTES + 1};
    assert_int_equal(read_columns(&columns), FATAL);
    columns = packed->columns;
    columns.attempt = ATTEMPT_MAX + 1;
    assert_int_equal(read_columns(&columns), FATAL);
    columns.attempt = -1;
    assert_int_equal(read_columns(&columns), FATAL);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_whole_is_read),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(a_byte_too_many_is_refused),
        cmocka_unit_test(an_absent_column_is_refused),
        cmocka_unit_test(every_other_version_is_refused),
        cmocka_unit_test(every_flipped_byte_is_read_or_refused),
        cmocka_unit_test(a_kind_that_does_not_exist_is_refused),
        cmocka_unit_test(a_column_past_its_limit_is_refused),
    };

    return cmocka_run_group_tests(tests, open_packed, close_packed);
}
