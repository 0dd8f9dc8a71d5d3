// SPDX-License-Identifier: Apache-2.0
// The words of cancelling: names, limits of a request, and the id of a command.
#include "core/cancel.h"

#include <stdlib.h>

#include "core/made.h"

static const char GOOD_PARENT[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

static struct cancel_request good_request(void)
{
    return (struct cancel_request){
        .organization_id = SLICE_LITERAL("org"),
        .job_id = SLICE_LITERAL("job"),
        .requester_id = SLICE_LITERAL("ann"),
        .reason = SLICE_LITERAL("enough"),
        .traceparent = slice_of(GOOD_PARENT),
    };
}

static int check(struct cancel_request *request, struct err *err)
{
    struct arena arena;
    int rc;

    arena_init(&arena);
    rc = cancel_request_check(request, &arena, err);
    arena_reset(&arena);
    return rc;
}

static void decisions_have_the_names_of_their_symbols(void **state)
{
    enum cancel_decision decision;

    (void)state;
    assert_string_equal(cancel_decision_name(CANCEL_GRANTED), "granted");
    assert_string_equal(cancel_decision_name(CANCEL_REFUSED), "refused");
    assert_true(cancel_decision_of(SLICE_LITERAL("granted"), &decision));
    assert_int_equal(decision, CANCEL_GRANTED);
    assert_true(cancel_decision_of(SLICE_LITERAL("refused"), &decision));
    assert_int_equal(decision, CANCEL_REFUSED);
}

static void reasons_have_the_names_of_their_symbols(void **state)
{
    static const char *const names[] = {
        "OTHER",           "CREATOR",           "ALREADY_REQUESTED", "INVALID_CREDENTIALS",
        "EXPIRED",         "UNKNOWN_JOB",       "NOT_CREATOR",       "ALREADY_FINISHED",
        "NOT_CANCELLABLE", "REQUEST_ID_REUSED",
    };

    (void)state;
    assert_int_equal(sizeof names / sizeof *names, CANCEL_REASON_CODES);
    for (int i = 0; i < CANCEL_REASON_CODES; i++) {
        enum cancel_reason_code code;

        assert_string_equal(cancel_reason_name((enum cancel_reason_code)i), names[i]);
        assert_true(cancel_reason_of(slice_of(names[i]), &code));
        assert_int_equal(code, i);
    }
}

static void no_other_name_is_one(void **state)
{
    static const struct slice wrong[] = {
        SLICE_LITERAL(""),         SLICE_LITERAL("GRANTED"), SLICE_LITERAL("granted "),
        SLICE_LITERAL("grante"),   SLICE_LITERAL("creator"), SLICE_LITERAL("CREATOR\0"),
        SLICE_LITERAL("CREATOR "), SLICE_LITERAL("CREATO"),  {NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        enum cancel_decision decision = CANCEL_REFUSED;
        enum cancel_reason_code code = REASON_EXPIRED;

        assert_false(cancel_decision_of(wrong[i], &decision));
        assert_false(cancel_reason_of(wrong[i], &code));
        // What was there stays: nothing is granted by a name that is none.
        assert_int_equal(decision, CANCEL_REFUSED);
        assert_int_equal(code, REASON_EXPIRED);
    }
}

static void each_id_has_1_to_255_bytes(void **state)
{
    char *longest = made_text('x', ID_MAX_BYTES + 1);

    (void)state;
    for (int id = 0; id < 3; id++) {
        for (size_t size = 0; size <= ID_MAX_BYTES + 1; size++) {
            bool fits = size >= 1 && size <= 255;
            struct cancel_request request = good_request();
            struct slice *ids[] = {&request.organization_id, &request.job_id,
                                   &request.requester_id};
            static const char *const names[] = {"organization_id", "job_id", "requester_id"};
            struct err err = {0};

            *ids[id] = (struct slice){longest, size};
            assert_int_equal(check(&request, &err), fits ? DONE : POISON);
            if (!fits) {
                assert_reason(err, "ID_LENGTH");
                assert_non_null(strstr(err.text, names[id]));
            }
        }
    }
    free(longest);
}

static void an_absent_id_is_refused(void **state)
{
    struct cancel_request request = good_request();
    struct err err;

    (void)state;
    request.requester_id = (struct slice){NULL, 3};
    assert_int_equal(check(&request, &err), POISON);
    request.requester_id = SLICE_NULL;
    assert_int_equal(check(&request, &err), POISON);
}

static void a_long_reason_is_cut_at_a_character(void **state)
{
    char *text = made_text('r', MESSAGE_MAX_BYTES + 1);
    struct cancel_request request = good_request();
    struct arena arena;
    struct err err;

    (void)state;
    arena_init(&arena);
    request.reason = (struct slice){text, MESSAGE_MAX_BYTES};
    assert_int_equal(cancel_request_check(&request, &arena, &err), DONE);
    assert_ptr_equal(request.reason.data, text);
    assert_int_equal(request.reason.size, MESSAGE_MAX_BYTES);
    // The euro sign's three bytes stand across the place of the cut.
    memcpy(text + MESSAGE_MAX_BYTES - 5, "\xe2\x82\xac", 3);
    request.reason = (struct slice){text, MESSAGE_MAX_BYTES + 1};
    assert_int_equal(cancel_request_check(&request, &arena, &err), DONE);
    assert_int_equal(request.reason.size, MESSAGE_MAX_BYTES - 5 + 3);
    assert_memory_equal(request.reason.data, text, MESSAGE_MAX_BYTES - 5);
    assert_memory_equal(request.reason.data + MESSAGE_MAX_BYTES - 5, "\xe2\x80\xa6", 3);
    arena_reset(&arena);
    free(text);
}

static void a_reason_may_be_absent_or_empty(void **state)
{
    struct cancel_request request = good_request();
    struct err err;

    (void)state;
    request.reason = SLICE_NULL;
    assert_int_equal(check(&request, &err), DONE);
    assert_true(slice_is_null(request.reason));
    request.reason = SLICE_LITERAL("");
    assert_int_equal(check(&request, &err), DONE);
    assert_false(slice_is_null(request.reason));
}

static void a_traceparent_is_kept(void **state)
{
    static const char *const good[] = {
        GOOD_PARENT,
        "00-00000000000000000000000000000001-0000000000000001-00",
        "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct cancel_request request = good_request();
        struct err err;

        request.traceparent = slice_of(good[i]);
        assert_int_equal(check(&request, &err), DONE);
        assert_slice(request.traceparent, good[i]);
    }
}

static void what_is_no_traceparent_is_left_out(void **state)
{
    static const struct slice wrong[] = {
        {NULL, 0},
        SLICE_LITERAL(""),
        SLICE_LITERAL("00"),
        SLICE_LITERAL("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0"),
        SLICE_LITERAL("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011"),
        SLICE_LITERAL("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        SLICE_LITERAL("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        SLICE_LITERAL("00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        SLICE_LITERAL("00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01"),
        SLICE_LITERAL("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01"),
        SLICE_LITERAL("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"),
        SLICE_LITERAL("00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01"),
        SLICE_LITERAL("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902bG-01"),
        SLICE_LITERAL("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x"),
        SLICE_LITERAL("00-4bf92f3577b34da6a3ce929d0e0e473\0-00f067aa0ba902b7-01"),
        SLICE_LITERAL("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0\n"),
        // Sections 3.2.2.3 and 3.2.2.4: all zero is no id.
        SLICE_LITERAL("00-00000000000000000000000000000000-00f067aa0ba902b7-01"),
        SLICE_LITERAL("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct cancel_request request = good_request();
        struct err err;

        request.traceparent = wrong[i];
        assert_int_equal(check(&request, &err), DONE);
        assert_true(slice_is_null(request.traceparent));
    }
}

static void assert_command_id(struct slice organization_id, struct slice job_id, int32_t attempt,
                              const char *expected)
{
    const struct job_key key = {organization_id, job_id};
    char text[UUID_TEXT_SIZE];
    struct uuid uuid;
    struct err err;

    assert_int_equal(cancel_command_id(&key, attempt, &uuid, &err), DONE);
    uuid_format(&uuid, text);
    assert_string_equal(text, expected);
}

// The expected ones were computed by another program, from the header's description.
static void a_command_id_is_the_one_that_anybody_computes(void **state)
{
    const struct slice org = SLICE_LITERAL("org"), job = SLICE_LITERAL("job");
    char *o = made_text('o', ID_MAX_BYTES), *j = made_text('j', ID_MAX_BYTES);

    (void)state;
    assert_command_id(org, job, 1, "4003e51e-154d-5eed-ad8f-3c5d48ed8247");
    assert_command_id(org, job, 2, "c36d0e88-3227-5abd-ad5e-d9480677ff12");
    assert_command_id(org, job, ATTEMPT_MAX, "638237e8-984b-5443-9335-494d00b4481d");
    assert_command_id(job, org, 1, "44e95dc6-50e9-54a8-9a95-b074e0256d5a");
    assert_command_id(SLICE_LITERAL("ab"), SLICE_LITERAL("c"), 1,
                      "866d7e31-724d-5556-b595-8da796aab78f");
    assert_command_id(SLICE_LITERAL("a"), SLICE_LITERAL("bc"), 1,
                      "0ea6b3c2-15bc-5eff-aec5-9533e526b2ce");
    assert_command_id(SLICE_LITERAL("\xc3\xa9"), SLICE_LITERAL("\xe2\x82\xac"), 258,
                      "ad5820df-e8a8-564f-a4e3-3c7e48415fee");
    assert_command_id(slice_of(o), slice_of(j), 1, "0cd69972-cb20-57eb-a789-665b2d1d8452");
    free(o);
    free(j);
}

// Organisations and jobs out of one alphabet of awkward bytes: pieces that join to the same text,
// lengths within the text, the attempt's bytes within the job.
static void no_two_attempts_share_a_command_id(void **state)
{
    static const struct slice ids[] = {
        SLICE_LITERAL("a"),        SLICE_LITERAL("b"),           SLICE_LITERAL("ab"),
        SLICE_LITERAL("aa"),       SLICE_LITERAL("ba"),          SLICE_LITERAL("aab"),
        SLICE_LITERAL("A"),        SLICE_LITERAL("a\0"),         SLICE_LITERAL("\0a"),
        SLICE_LITERAL("\0\0\0\1"), SLICE_LITERAL("a\0\0\0\1b"),  SLICE_LITERAL("b\0\0\0\1"),
        SLICE_LITERAL("1"),        SLICE_LITERAL("\0\0\0\1a\0"), SLICE_LITERAL("\1"),
    };
    static const int32_t attempts[] = {1, 2, 255, 256, 257, ATTEMPT_MAX};
    enum { IDS = sizeof ids / sizeof *ids, ATTEMPTS = sizeof attempts / sizeof *attempts };
    static struct uuid all[IDS * IDS * ATTEMPTS];
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < IDS * IDS * ATTEMPTS; i++) {
        const struct job_key key = {ids[i / ATTEMPTS / IDS], ids[i / ATTEMPTS % IDS]};
        struct err err;

        assert_int_equal(cancel_command_id(&key, attempts[i % ATTEMPTS], &all[count], &err), DONE);
        for (size_t j = 0; j < count; j++)
            assert_int_not_equal(uuid_compare(&all[j], &all[count]), 0);
        count++;
    }
}

static void an_id_out_of_limits_gives_no_command(void **state)
{
    char *longer = made_text('x', ID_MAX_BYTES + 1);
    const struct slice good = SLICE_LITERAL("good");
    const struct slice wrong[] = {slice_of(longer), SLICE_LITERAL(""), SLICE_NULL};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const struct job_key keys[] = {{good, wrong[i]}, {wrong[i], good}};
        struct uuid uuid;
        struct err err;

        for (size_t k = 0; k < 2; k++) {
            assert_int_equal(cancel_command_id(&keys[k], 1, &uuid, &err), POISON);
            assert_reason(err, "ID_LENGTH");
        }
    }
    free(longer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_have_the_names_of_their_symbols),
        cmocka_unit_test(reasons_have_the_names_of_their_symbols),
        cmocka_unit_test(no_other_name_is_one),
        cmocka_unit_test(each_id_has_1_to_255_bytes),
        cmocka_unit_test(an_absent_id_is_refused),
        cmocka_unit_test(a_long_reason_is_cut_at_a_character),
        cmocka_unit_test(a_reason_may_be_absent_or_empty),
        cmocka_unit_test(a_traceparent_is_kept),
        cmocka_unit_test(what_is_no_traceparent_is_left_out),
        cmocka_unit_test(a_command_id_is_the_one_that_anybody_computes),
        cmocka_unit_test(no_two_attempts_share_a_command_id),
        cmocka_unit_test(an_id_out_of_limits_gives_no_command),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
