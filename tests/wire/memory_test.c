// SPDX-License-Identifier: Apache-2.0
// Without memory: every allocation of making a decoder, learning a schema, decoding and encoding
// fails in turn, jansson's included (json/parse.h). Each time the answer is RETRY, nothing is
// remembered wrongly, and the same call succeeds afterwards.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/between.h"
#include "support/failing_malloc.h"
#include "support/wire_samples.h"
#include "wire/event_messages.h"
#include "wire/wire_kit.h"

enum { ENOUGH = 100 * 1000 };

static void a_decoder(void **state)
{
    struct decoder_options options = {0};
    struct record_decoder *decoder = NULL;
    struct err err;
    long n = 1;

    (void)state;
    for (; n < ENOUGH; n++) {
        failing_malloc_after(n);
        decoder = event_decoder_new(&options, &err);
        failing_malloc_never();
        if (!failing_malloc_happened())
            break;
        if (decoder) { // memory that merely could not be made smaller
            record_decoder_free(decoder);
            continue;
        }
        assert_int_equal(err.disposition, RETRY);
        assert_string_equal(err.reason, "OUT_OF_MEMORY");
    }
    assert_between(n, 10, ENOUGH - 1);
    assert_non_null(decoder);
    record_decoder_free(decoder);
}

static void a_schema_not_met_before(void **state)
{
    const char *writer =
        "[" RECORD("JobStarted", FIELD("labels", "{\"type\":\"map\",\"values\":[\"null\","
                                                 "\"JobStarted\"]}") "," COMMON) ",\"null\"]";
    struct buffer avro = {0};
    long n = 1;

    (void)state;
    PUT_RAW(&avro, "\0\0");
    put_common(&avro);
    for (; n < ENOUGH; n++) {
        struct kit kit;
        struct wire_record record = {.value = SLICE_NULL};
        struct buffer value = {0};
        int rc;

        kit_open(&kit, writer);
        PUT_RAW(&value, "\0\0\0\0\7");
        put_raw(&value, avro.data, avro.size);
        record.value = buffer_slice(&value);
        failing_malloc_after(n);
        rc = decode_event(kit.decoder, &record, &kit.event, &kit.what, &kit.err);
        failing_malloc_never();
        if (rc) {
            if (rc != RETRY)
                fail_msg("allocation %ld: %s: %s", n, kit.err.reason, kit.err.text);
            assert_string_equal(kit.err.reason, "OUT_OF_MEMORY");
        }
        // Whatever failed, nothing wrong was kept.
        assert_int_equal(decode_event(kit.decoder, &record, &kit.event, &kit.what, &kit.err), 0);
        assert_int_equal(kit.event.kind, JOB_STARTED);
        kit_close(&kit);
        buffer_free(&value);
        if (!failing_malloc_happened())
            break;
    }
    assert_between(n, 10, ENOUGH - 1);
    buffer_free(&avro);
}

static void an_event_to_encode(void **state)
{
    struct event event = wire_sample(JOB_FAILED);
    struct buffer out = {0};
    struct err err;

    (void)state;
    failing_malloc_after(1);
    assert_int_equal(encode_event(&event, FRAMING_SINGLE_OBJECT, NULL, &out, &err), RETRY);
    failing_malloc_never();
    buffer_clear(&out);
    assert_int_equal(encode_event(&event, FRAMING_SINGLE_OBJECT, NULL, &out, &err), 0);
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decoder),
        cmocka_unit_test(a_schema_not_met_before),
        cmocka_unit_test(an_event_to_encode),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
