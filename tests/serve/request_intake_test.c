// SPDX-License-Identifier: Apache-2.0
// From a record of Kafka to a request for the gate: what is read of it, what becomes a dead letter,
// what is held. Whether the requester is proven is said by the test.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <zlib.h>

#include "base/clock.h"
#include "serve/gate/gate_private.h"
#include "serve/made_message.h"
#include "support/between.h"
#include "support/failing_malloc.h"
#include "wire/headers.h"
#include "wire/schemas.h"

#define PAST_US    INT64_C(1577836800000000) // 2020-01-01T00:00:00Z
#define FUTURE_US  INT64_C(4733510400000000) // 2120-01-01T00:00:00Z
#define TRACE      "00-a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1-b2b2b2b2b2b2b2b2-01"
#define LONG_BYTES (ID_MAX_BYTES + 1)

enum { ENOUGH = 1000 };

static struct gate_thread thread;
static struct gate_partition partition;
static struct kafka_message message;
static struct buffer value;
static struct gate_item item;
static struct err err;
static bool keys_are_there, is_proven;

static const struct record_header headers[] = {
    {SLICE_LITERAL("name"), SLICE_LITERAL("value")},
    {SLICE_LITERAL(HEADER_TRACEPARENT), SLICE_LITERAL(TRACE)},
};

// In the place of cancel_credentials.c.
int cancel_credentials_check(struct cancel_credentials *credentials, const struct wire_record *wire,
                             const struct kafka_record *record, struct cancel_request *request,
                             struct err *why)
{
    assert_null(credentials);
    assert_int_equal(wire->header_count, 2);
    assert_ptr_equal(record, &message.record);
    request->authenticated = is_proven;
    return keys_are_there ? DONE : err_set(why, RETRY, "KEYS_UNREACHABLE", "made");
}

static int nobody_has_it(void *self, const struct schema_name *name, char **json, struct err *why)
{
    (void)self, (void)name, (void)json;
    return err_set(why, RETRY, "SCHEMA_UNKNOWN", "made");
}

static void open_decoder(const struct schema_source *schemas, enum registry_kind registry)
{
    const struct decoder_options options = {.schemas = schemas, .registry = registry};

    record_decoder_free(thread.decoder);
    thread.decoder = cancel_decoder_new(&options, &err);
    assert_non_null(thread.decoder);
}

static int open_thread(void **state)
{
    (void)state;
    memset(&thread, 0, sizeof thread);
    partition = (struct gate_partition){0};
    intake_init(&thread.intake, 0);
    arena_init(&thread.batch.arena);
    open_decoder(NULL, REGISTRY_CONFLUENT);
    buffer_init(&value);
    keys_are_there = is_proven = true;
    return 0;
}

static int close_thread(void **state)
{
    (void)state;
    record_decoder_free(thread.decoder);
    arena_reset(&thread.batch.arena);
    buffer_free(&value);
    return 0;
}

static void make_message(const struct cancel_message *content)
{
    buffer_clear(&value);
    if (content)
        assert_int_equal(encode_cancel_message(content, FRAMING_SINGLE_OBJECT, NULL, &value, &err),
                         DONE);
    else
        buffer_append_text(&value, "noise");
    message = (struct kafka_message){
        .record = {.topic = SLICE_LITERAL("requests"),
                   .partition = 3,
                   .offset = 42,
                   .timestamp_ms = PAST_US / 1000,
                   .stamped_by_broker = true,
                   .key = SLICE_LITERAL("key"),
                   .value = buffer_slice(&value)},
        .headers = headers,
        .header_count = 2,
    };
}

static struct cancel_message asking(struct slice job_id)
{
    return (struct cancel_message){.kind = CANCEL_REQUESTED,
                                   .requested = {.request_id = {{1, 2, 3}},
                                                 .organization_id = SLICE_LITERAL("org"),
                                                 .job_id = job_id,
                                                 .requester_id = SLICE_LITERAL("ada"),
                                                 .reason = SLICE_LITERAL("enough")}};
}

static void make_request(void)
{
    const struct cancel_message content = asking(SLICE_LITERAL("job"));

    make_message(&content);
}

static enum intake_result bring(void)
{
    item = (struct gate_item){.reading = &partition.reading};
    return gate_bring_request(&thread, &message, &message.record, &item, &err);
}

#define assert_slice(slice, text) assert_true(slice_equal((slice), SLICE_LITERAL(text)))

static void a_request_says_who_asks_for_what(void **state)
{
    (void)state;
    make_request();
    for (int proven = 0; proven <= 1; proven++) {
        is_proven = proven;
        assert_int_equal(bring(), INTAKE_TAKEN);
        assert_int_equal(item.kind, ITEM_REQUEST);
        assert_int_equal(item.request.request_id.bytes[2], 3);
        assert_slice(item.request.organization_id, "org");
        assert_slice(item.request.job_id, "job");
        assert_slice(item.request.requester_id, "ada");
        assert_slice(item.request.reason, "enough");
        assert_slice(item.request.traceparent, TRACE);
        assert_slice(item.request.origin.source.topic, "requests");
        assert_int_equal(item.request.origin.source.partition, 3);
        assert_int_equal(item.request.origin.offset, 42);
        assert_true(item.request.may_wait);
        assert_int_equal(item.request.authenticated, proven);
        // Should PostgreSQL refuse it, it will be a dead letter.
        assert_int_equal(item.record.offset, 42);
        assert_int_equal(item.record.header_count, 2);
    }
}

static int64_t received_at_us(int64_t stamp_us, bool by_broker)
{
    message.record.timestamp_ms = stamp_us < 0 ? -1 : stamp_us / 1000;
    message.record.stamped_by_broker = by_broker;
    assert_int_equal(bring(), INTAKE_TAKEN);
    return item.request.received_at_us;
}

static void a_senders_clock_makes_a_request_older_at_most(void **state)
{
    int64_t before_us = clock_now_us();

    (void)state;
    make_request();
    assert_int_equal(received_at_us(PAST_US, true), PAST_US);
    assert_int_equal(received_at_us(FUTURE_US, true), FUTURE_US);
    assert_int_equal(received_at_us(PAST_US, false), PAST_US);
    assert_between(received_at_us(FUTURE_US, false), before_us, FUTURE_US - 1);
    assert_between(received_at_us(-1, true), before_us, FUTURE_US - 1);
    assert_between(received_at_us(-1, false), before_us, FUTURE_US - 1);
}

static void assert_dead_letter(const char *stage, const char *reason)
{
    const struct dead_letter *letter = &item.dead_letter;

    assert_int_equal(bring(), INTAKE_DEAD_LETTER);
    assert_int_equal(item.kind, ITEM_DEAD_LETTER);
    assert_string_equal(letter->stage, stage);
    assert_string_equal(letter->reason, reason);
    assert_true(letter->message.size > 0);
    err = (struct err){0}; // its text is the letter's own
    assert_int_not_equal(letter->message.data[0], 0);
    assert_slice(letter->source.topic, "requests");
    assert_int_equal(letter->offset, 42);
    assert_true(slice_equal(letter->value, message.record.value));
    assert_int_equal(letter->header_count, 2);
    assert_slice(letter->headers[1].value, TRACE);
}

static void what_is_no_request_is_a_dead_letter(void **state)
{
    struct cancel_message content = {.kind = CANCEL_JOB,
                                     .job = {.organization_id = SLICE_LITERAL("org"),
                                             .job_id = SLICE_LITERAL("job"),
                                             .attempt = 1,
                                             .type = SLICE_LITERAL("Load"),
                                             .requester_id = SLICE_LITERAL("ada")}};
    static char long_id[LONG_BYTES];

    (void)state;
    make_message(NULL);
    assert_dead_letter("decode", "FRAMING");
    make_message(&content);
    assert_dead_letter("decode", "UNKNOWN_RECORD");
    memset(long_id, 'j', sizeof long_id);
    content = asking((struct slice){long_id, sizeof long_id});
    make_message(&content);
    assert_dead_letter("check", "ID_LENGTH");
}

static void what_cannot_be_told_yet_is_held(void **state)
{
    (void)state;
    intake_init(&thread.intake, INT64_MAX);
    make_request();
    keys_are_there = false;
    assert_int_equal(bring(), INTAKE_HELD);
    assert_string_equal(err.reason, "KEYS_UNREACHABLE");
    keys_are_there = true;
    assert_int_equal(bring(), INTAKE_TAKEN);
}

static void make_unknown(uint32_t schema_id)
{
    make_message(NULL);
    buffer_clear(&value);
    framing_append_confluent(&value, schema_id + 1); // there is no 0
    message.record.value = buffer_slice(&value);
}

static void an_unknown_schema_is_waited_for_by_its_name(void **state)
{
    static const struct schema_source nobody = {NULL, nobody_has_it};

    (void)state;
    open_decoder(&nobody, REGISTRY_CONFLUENT);
    intake_init(&thread.intake, INT64_MAX);
    for (uint32_t id = 0; id < PATIENCE_WAITS; id++) {
        make_unknown(id);
        assert_int_equal(bring(), INTAKE_HELD);
        assert_string_equal(err.reason, "SCHEMA_UNKNOWN");
    }
    make_unknown(PATIENCE_WAITS); // one name too many
    assert_dead_letter("decode", "SCHEMA_UNKNOWN");
    make_unknown(0);
    assert_int_equal(bring(), INTAKE_HELD);
}

static void without_a_registry_nothing_is_waited_for(void **state)
{
    (void)state;
    intake_init(&thread.intake, INT64_MAX);
    make_unknown(7);
    assert_dead_letter("decode", "SCHEMA_UNKNOWN");
}

static int have_own_schema(void *self, const struct schema_name *name, char **json, struct err *why)
{
    const struct own_schema *own = own_schema_find("CancelRequested");

    (void)self;
    assert_int_equal(name->kind, SCHEMA_BY_VERSION);
    *json = strndup(own->json.data, own->json.size);
    return *json ? DONE : err_no_memory(why);
}

static const struct schema_source folder = {NULL, have_own_schema};

// As AWS Glue's serializer does: the version's UUID, and zlib.
static void deflate_message(void)
{
    enum { SINGLE_OBJECT_BYTES = 10 };
    const struct slice bare = {value.data + SINGLE_OBJECT_BYTES, value.size - SINGLE_OBJECT_BYTES};
    unsigned char deflated[1024];
    uLongf size = sizeof deflated;

    assert_int_equal(compress(deflated, &size, (const unsigned char *)bare.data, bare.size), Z_OK);
    buffer_clear(&value);
    buffer_append(&value,
                  "\3\5"
                  "0123456789abcdef",
                  18);
    buffer_append(&value, deflated, size);
    message.record.value = buffer_slice(&value);
}

// A batch has many of them, and the decoder only one place to inflate into.
static void a_deflated_request_stays_what_it_is_while_others_are_read(void **state)
{
    static const char *const jobs[] = {"first-job", "other-job", "third-job"};
    struct gate_item items[3];

    (void)state;
    open_decoder(&folder, REGISTRY_GLUE);
    for (size_t i = 0; i < 3; i++) {
        const struct cancel_message content = asking(slice_of(jobs[i]));

        make_message(&content);
        deflate_message();
        assert_int_equal(bring(), INTAKE_TAKEN);
        items[i] = item;
    }
    for (size_t i = 0; i < 3; i++) {
        assert_true(slice_equal(items[i].request.job_id, slice_of(jobs[i])));
        assert_slice(items[i].request.organization_id, "org");
        assert_slice(items[i].request.requester_id, "ada");
        assert_slice(items[i].request.reason, "enough");
    }
}

static void brought_again_without_memory(enum intake_result in_the_end)
{
    enum intake_result result = INTAKE_NO_MEMORY;
    long n = 1;

    for (; n < ENOUGH && result != in_the_end; n++) {
        arena_reset(&thread.batch.arena);
        failing_malloc_after(n);
        result = bring();
        failing_malloc_never();
        if (failing_malloc_happened() && result != in_the_end) {
            // Held while it was decoded: a schema may need much.
            assert_true(result == INTAKE_NO_MEMORY || result == INTAKE_HELD);
            assert_string_equal(err.reason, "OUT_OF_MEMORY");
        }
    }
    assert_between(n, 3, ENOUGH - 1);
    assert_int_equal(bring(), in_the_end);
}

static void memory_may_run_out_at_each_allocation(void **state)
{
    (void)state;
    make_request();
    brought_again_without_memory(INTAKE_TAKEN);
    open_decoder(&folder, REGISTRY_GLUE);
    deflate_message();
    brought_again_without_memory(INTAKE_TAKEN);
    make_message(NULL);
    brought_again_without_memory(INTAKE_DEAD_LETTER);
}

#define REQUEST_TEST(name) cmocka_unit_test_setup_teardown(name, open_thread, close_thread)

int main(void)
{
    const struct CMUnitTest tests[] = {
        REQUEST_TEST(a_request_says_who_asks_for_what),
        REQUEST_TEST(a_senders_clock_makes_a_request_older_at_most),
        REQUEST_TEST(what_is_no_request_is_a_dead_letter),
        REQUEST_TEST(what_cannot_be_told_yet_is_held),
        REQUEST_TEST(an_unknown_schema_is_waited_for_by_its_name),
        REQUEST_TEST(without_a_registry_nothing_is_waited_for),
        REQUEST_TEST(a_deflated_request_stays_what_it_is_while_others_are_read),
        REQUEST_TEST(memory_may_run_out_at_each_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
