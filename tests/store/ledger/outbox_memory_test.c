// SPDX-License-Identifier: Apache-2.0
// Running out of memory, at each allocation in turn, on the relay's way from nothing to a mark.
#include "store/harness.h"

#include "base/arena.h"
#include "store/ledger/found.h"
#include "support/failing_malloc.h"

enum { ATTEMPTS_MAX = 300, TIMEOUT_MS = 10000 };

static int claim_and_mark(struct outbox *outbox, struct err *err)
{
    struct outbox_dead_letter letter;
    struct arena arena;
    const struct found_command command = {.organization_id = slice_of("acme"),
                                          .job_id = slice_of("a"),
                                          .attempt = 1,
                                          .type = slice_of("Load"),
                                          .requester_id = slice_of("ada")};
    const struct found_decision decision = {.organization_id = slice_of("acme"),
                                            .job_id = slice_of("b"),
                                            .requester_id = slice_of("ada"),
                                            .decision = slice_of("refused"),
                                            .reason_code = slice_of("EXPIRED")};
    struct published_position position = {{slice_of("t"), 0}, 1};
    char epoch[EPOCH_BYTES];
    size_t count;
    bool held;
    int rc = outbox_connect(outbox, err);

    arena_init(&arena);
    if (!rc)
        rc = outbox_lock(outbox, &held, err);
    if (!rc)
        rc = found_epoch(outbox, epoch, &held, err);
    if (!rc)
        rc = published_positions(outbox, slice_of("c"), &position, 1, err);
    if (!rc)
        rc = found_commands(outbox, &command, 1, true, &count, err);
    if (!rc)
        rc = found_decisions(outbox, &decision, 1, &count, err);
    if (!rc)
        rc = found_untold(outbox, &count, err);
    if (!rc)
        rc = found_all(outbox, epoch, err);
    position.next_offset = 1;
    if (!rc)
        rc = published_positions_move(outbox, slice_of("c"), &position, 1, err);
    if (!rc)
        rc = outbox_claim(outbox, OUTBOX_COMMAND, NULL, 0, 9, 0, &count, err);
    if (!rc)
        rc = outbox_claim(outbox, OUTBOX_DEAD_LETTER, &(int64_t){9}, 1, 9, 1000, &count, err);
    if (!rc) {
        assert_int_equal(count, 1);
        rc = outbox_dead_letter(outbox, 0, &arena, &letter, err);
    }
    if (!rc)
        rc = outbox_mark(outbox, true, &letter.id, 1, err);
    arena_reset(&arena);
    return rc;
}

static void every_allocation_may_fail(void **state)
{
    struct harness *harness = *state;
    struct connection_options options = {.conninfo = harness->conninfo,
                                         .application_name = "relay",
                                         .connect_timeout_ms = TIMEOUT_MS,
                                         .statement_timeout_ms = TIMEOUT_MS,
                                         .transaction_timeout_ms = TIMEOUT_MS};
    struct err err = {0};
    long n;

    harness_run(harness->side,
                "INSERT INTO jobtrail.dead_letter (record_offset, timestamp_ms, partition, topic,"
                " stage, reason, message, header_names, header_values)"
                " VALUES (1, 1, 1, 't', 's', 'R', 'm', '{a,b}', '{c,d}')");
    for (n = 1; n < ATTEMPTS_MAX; n++) {
        struct outbox *outbox;
        int rc = RETRY;

        failing_malloc_after(n);
        outbox = outbox_new(&options, &err);
        if (outbox)
            rc = claim_and_mark(outbox, &err);
        outbox_free(outbox);
        if (!failing_malloc_happened())
            break;
        failing_malloc_never();
        assert_int_equal(rc, RETRY);
        assert_int_equal(harness_number(harness->side, "SELECT count(published_at)"
                                                       " FROM jobtrail.dead_letter"),
                         0);
    }
    failing_malloc_never();
    assert_true(n > 5 && n < ATTEMPTS_MAX);
    assert_int_equal(
        harness_number(harness->side, "SELECT count(published_at) FROM jobtrail.dead_letter"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_allocation_may_fail, harness_open, harness_close),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
