// SPDX-License-Identifier: Apache-2.0
#include "core/made.h"

#include <stdlib.h>

#include "core/pack.h"

struct event made(enum event_kind kind, int32_t attempt, int64_t at_s, unsigned char id)
{
    return (struct event){
        .kind = kind,
        .id.bytes[0] = id,
        .attempt = attempt,
        .occurred_at_us = AT(at_s),
        .organization_id = SLICE_LITERAL("org"),
        .job_id = SLICE_LITERAL("job"),
    };
}

struct event made_saying(enum event_kind kind, int32_t attempt, int64_t at_s, unsigned char id,
                         const char *message)
{
    struct event event = made(kind, attempt, at_s, id);

    event.message = slice_of(message);
    if (kind == JOB_CREATED)
        event.type = SLICE_LITERAL("Load");
    return event;
}

struct event made_creation(int64_t at_s, unsigned char id, const char *creator)
{
    struct event event = made(JOB_CREATED, 1, at_s, id);

    event.type = SLICE_LITERAL("Load");
    event.creator_id = slice_of(creator);
    event.cancellable = true;
    return event;
}

struct event made_tick(int32_t attempt, int64_t at_s, unsigned char id, int32_t progress)
{
    struct event event = made(JOB_PROGRESSED, attempt, at_s, id);

    event.progress = progress;
    return event;
}

struct event made_failure(int32_t attempt, int64_t at_s, unsigned char id, const char *code,
                          const char *detail)
{
    struct event event = made(JOB_FAILED, attempt, at_s, id);

    event.error_code = slice_of(code);
    event.error_detail = slice_of(detail);
    return event;
}

void made_life(struct event life[MADE_LIFE])
{
    life[0] = made_creation(0, 1, "ann");
    life[0].message = SLICE_LITERAL("asked for");
    life[1] = made_saying(JOB_STARTED, 1, 1, 2, "begun");
    life[2] = made_tick(1, 2, 3, 40);
    life[2].message = SLICE_LITERAL("going on");
    life[3] = made_failure(1, 3, 4, "E42", "the disk is full");
    life[3].message = SLICE_LITERAL("broken");
}

char *made_text(char fill, size_t size)
{
    char *text = malloc(size + 1);

    assert_non_null(text);
    memset(text, fill, size);
    text[size] = '\0';
    return text;
}

struct row *made_row(void)
{
    struct err err;
    struct row *row = row_new(
        (struct job_key){.organization_id = SLICE_LITERAL("org"), .job_id = SLICE_LITERAL("job")},
        &err);

    assert_non_null(row);
    return row;
}

bool folded(struct row *row, struct event event)
{
    bool changed = false;
    struct err err;

    assert_int_equal(fold_event(row, &event, &changed, &err), DONE);
    return changed;
}

static void assert_same_columns(const struct job_columns *a, const struct job_columns *b)
{
    assert_int_equal(job_key_compare(&a->key, &b->key), 0);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->attempt, b->attempt);
    assert_int_equal(a->progress, b->progress);
    assert_true(slice_equal(a->type, b->type));
    assert_true(slice_equal(a->creator_id, b->creator_id));
    assert_true(slice_equal(a->message, b->message));
    assert_true(slice_equal(a->error_code, b->error_code));
    assert_true(slice_equal(a->error_detail, b->error_detail));
    assert_true(slice_equal(a->result_uri, b->result_uri));
    assert_int_equal(a->creator_disputed, b->creator_disputed);
    assert_int_equal(a->cancellable, b->cancellable);
    assert_true(a->created_at_us == b->created_at_us);
    assert_true(a->started_at_us == b->started_at_us);
    assert_true(a->finished_at_us == b->finished_at_us);
    assert_true(a->updated_at_us == b->updated_at_us);
    assert_true(slice_equal(a->state, b->state));
    assert_true(slice_equal(a->history, b->history));
}

void assert_same_row(const struct row *a, const struct row *b)
{
    struct job_columns of_a, of_b;
    struct arena arena;
    struct err err;

    arena_init(&arena);
    assert_int_equal(pack_row(a, &arena, &of_a, &err), DONE);
    assert_int_equal(pack_row(b, &arena, &of_b, &err), DONE);
    assert_same_columns(&of_a, &of_b);
    arena_reset(&arena);
}

struct cancel_request made_request(unsigned char id, const char *requester)
{
    return (struct cancel_request){
        .request_id.bytes[0] = id,
        .organization_id = SLICE_LITERAL("org"),
        .job_id = SLICE_LITERAL("job"),
        .requester_id = slice_of(requester),
        .authenticated = true,
        .received_at_us = AT(MADE_REQUEST_S),
    };
}
