// SPDX-License-Identifier: Apache-2.0
// What the encoder writes, the decoder reads back, in either framing and for each kind.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/wire_samples.h"
#include "wire/event_messages.h"
#include "wire/schemas.h"

static void assert_same(struct slice a, struct slice b)
{
    assert_true(slice_equal(a, b));
}

static void assert_same_event(const struct event *a, const struct event *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_memory_equal(&a->id, &b->id, sizeof a->id);
    assert_int_equal(a->attempt, b->attempt);
    assert_int_equal(a->occurred_at_us, b->occurred_at_us);
    assert_same(a->organization_id, b->organization_id);
    assert_same(a->job_id, b->job_id);
    assert_same(a->message, b->message);
    assert_same(a->type, b->type);
    assert_same(a->creator_id, b->creator_id);
    assert_int_equal(a->cancellable, b->cancellable);
    assert_int_equal(a->progress, b->progress);
    assert_same(a->result_uri, b->result_uri);
    assert_same(a->error_code, b->error_code);
    assert_same(a->error_detail, b->error_detail);
    assert_int_equal(a->has_command, b->has_command);
    assert_memory_equal(&a->command_id, &b->command_id, sizeof a->command_id);
}

// A registry whose ids are 100 and up, in the order of own_schemas.
static int fetch_by_id(void *self, const struct schema_name *name, char **json, struct err *err)
{
    size_t count;
    const struct own_schema *all = own_schemas(&count);

    (void)self;
    if (name->kind != SCHEMA_BY_ID || name->id < 100 || name->id >= 100 + count)
        return err_set(err, RETRY, "SCHEMA_UNKNOWN", "no such schema");
    *json = strndup(all[name->id - 100].json.data, all[name->id - 100].json.size);
    return DONE;
}

static void assert_round_trip(const struct event *event, enum framing framing)
{
    static const uint32_t ids[EVENT_KINDS] = {100, 101, 102, 103, 104, 105};
    struct schema_source source = {.fetch = fetch_by_id};
    struct decoder_options options = {.schemas = &source};
    struct err err = {0};
    struct record_decoder *decoder = event_decoder_new(&options, &err);
    struct wire_record record = {0};
    struct buffer bytes;
    struct event back;
    enum decoded what;

    assert_non_null(decoder);
    buffer_init(&bytes);
    assert_int_equal(encode_event(event, framing, ids, &bytes, &err), 0);
    record.value = buffer_slice(&bytes);
    for (int again = 0; again < 2; again++) {
        if (decode_event(decoder, &record, &back, &what, &err))
            fail_msg("%s: %s", err.reason, err.text);
        assert_int_equal(what, DECODED_RECORD);
        assert_same_event(event, &back);
    }
    buffer_free(&bytes);
    record_decoder_free(decoder);
}

static void every_kind_in_either_framing(void **state)
{
    (void)state;
    for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++) {
        struct event event = wire_sample(kind);

        assert_round_trip(&event, FRAMING_SINGLE_OBJECT);
        assert_round_trip(&event, FRAMING_CONFLUENT);
    }
}

static void nulls_and_extremes(void **state)
{
    (void)state;
    for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++) {
        struct event event = {
            .kind = kind,
            .attempt = INT32_MIN,
            .occurred_at_us = INT64_MIN,
            .organization_id = SLICE_LITERAL(""),
            .job_id = SLICE_LITERAL(""),
        };

        if (kind == JOB_CREATED)
            event.type = SLICE_LITERAL("");
        assert_round_trip(&event, FRAMING_SINGLE_OBJECT);
        event.attempt = INT32_MAX;
        event.occurred_at_us = INT64_MAX;
        assert_round_trip(&event, FRAMING_SINGLE_OBJECT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_in_either_framing),
        cmocka_unit_test(nulls_and_extremes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
