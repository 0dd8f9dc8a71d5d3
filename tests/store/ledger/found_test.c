// SPDX-License-Identifier: Apache-2.0
// What a topic has and the ledger lost: each is recorded as it was, once, and what the ledger knows
// stays as it is.
#include <stdio.h>
#include <string.h>

#include "core/ledger_port.h"
#include "store/ledger/found.h"
#include "store/ledger/ledger_kit.h"

#define AT_US 1000000

static struct uuid id(unsigned char number)
{
    return (struct uuid){.bytes = {[15] = number}};
}

static struct found_command command(unsigned char number, const char *job_id)
{
    return (struct found_command){
        .command_id = id(number),
        .request_id = id((unsigned char)(number + 100)),
        .organization_id = slice_of("acme"),
        .job_id = slice_of(job_id),
        .attempt = 2,
        .type = slice_of("Load"),
        .requester_id = slice_of("ada"),
        .reason = slice_of("why"),
        .issued_at_us = AT_US,
        .answer_by_us = 2 * AT_US,
        .published_at_us = 3 * AT_US,
    };
}

static struct found_decision decision(const struct found_command *granted, const char *reason)
{
    return (struct found_decision){
        .request_id = granted->request_id,
        .command_id = granted->command_id,
        .organization_id = granted->organization_id,
        .job_id = granted->job_id,
        .requester_id = granted->requester_id,
        .decision = slice_of(!strcmp(reason, "CREATOR") ? "granted" : "refused"),
        .reason_code = slice_of(reason),
        .decided_at_us = granted->issued_at_us,
        .published_at_us = 4 * AT_US,
    };
}

static size_t find_commands(struct outbox *outbox, const struct found_command *commands,
                            size_t count, bool may_note)
{
    struct err err = {0};
    size_t rows;

    if (found_commands(outbox, commands, count, may_note, &rows, &err))
        fail_msg("%s: %s", err.reason, err.text);
    return rows;
}

static size_t find_decisions(struct outbox *outbox, const struct found_decision *decisions,
                             size_t count)
{
    struct err err = {0};
    size_t rows;

    if (found_decisions(outbox, decisions, count, &rows, &err))
        fail_msg("%s: %s", err.reason, err.text);
    return rows;
}

static size_t queue_untold(struct outbox *outbox)
{
    struct err err = {0};
    size_t count;

    if (found_untold(outbox, &count, &err))
        fail_msg("%s: %s", err.reason, err.text);
    return count;
}

static int64_t number(struct harness *harness, const char *sql)
{
    return harness_number(harness->side, sql);
}

static void a_command_is_found_once_with_its_request(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct found_command lost[] = {command(1, "a"), command(1, "a"), command(2, "b")};
    struct found_row row;

    assert_int_equal(find_commands(outbox, lost, 3, true), 2);
    found_command_row(outbox, 0, &row);
    assert_true(slice_equal(row.requester_id, slice_of("ada")) && !row.is_lost);
    assert_int_equal(find_commands(outbox, lost, 3, true), 0);
    assert_int_equal(
        number(harness, "SELECT count(*) FROM jobtrail.cancellation WHERE found_at IS NOT NULL"
                        " AND decision = 'granted' AND reason_code = 'CREATOR' AND channel IS NULL"
                        " AND decided_at = command_issued_at AND attempt = 2 AND reason = 'why'"
                        " AND command_published_at = 'epoch'::timestamptz + interval '3 s'"),
        2);
    // What nobody read in the topic of decisions is told, as it was decided.
    assert_int_equal(queue_untold(outbox), 2);
    assert_int_equal(queue_untold(outbox), 0);
    assert_int_equal(number(harness, "SELECT sum(cardinality(job_ids)) FROM jobtrail.change"), 2);
    outbox_free(outbox);
}

static void what_the_ledger_has_stays(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct found_command known = command(1, "a");

    harness_run(harness->side,
                "INSERT INTO jobtrail.cancel_command (command_id, request_id, organization_id,"
                " job_id, attempt, type, creator_id, requester_id, issued_at, answer_by)"
                " VALUES ('00000000-0000-0000-0000-000000000001',"
                " '00000000-0000-0000-0000-000000000063', 'acme', 'a', 2, 'Load', 'ada', 'ada',"
                " now(), now());"
                "INSERT INTO jobtrail.outbox (command_id) SELECT command_id FROM"
                " jobtrail.cancel_command, generate_series(1, 2)");
    assert_int_equal(find_commands(outbox, &known, 1, false), 0);
    assert_int_equal(number(harness, "SELECT count(*) FROM jobtrail.outbox"), 2);
    assert_int_equal(number(harness, "SELECT publications FROM jobtrail.cancel_command"), 0);
    assert_int_equal(find_commands(outbox, &known, 1, true), 0);
    assert_int_equal(find_commands(outbox, &known, 1, true), 0);
    assert_int_equal(number(harness, "SELECT publications FROM jobtrail.cancel_command"
                                     " WHERE found_at IS NULL AND published_at IS NOT NULL"),
                     1);
    // The first publication is what was found; somebody may have asked for another.
    assert_int_equal(number(harness, "SELECT count(*) FROM jobtrail.outbox"), 1);
    assert_int_equal(number(harness, "SELECT count(*) FROM jobtrail.cancel_request"), 0);
    outbox_free(outbox);
}

static void wait_for(struct harness *harness, unsigned char request, const char *job_id)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "INSERT INTO jobtrail.cancel_request (received_at, recorded_at, waits_until,"
             " request_id, organization_id, job_id, requester_id, identified, channel, topic,"
             " partition, record_offset) VALUES (now(), now(), now(),"
             " '00000000-0000-0000-0000-0000000000%02x', 'acme', '%s', 'ada', true, 'kafka', 't',"
             " 0, %d)",
             request, job_id, request);
    harness_run(harness->side, sql);
}

static void a_request_that_waits_is_decided(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct found_command lost[] = {command(1, "a"), command(2, "b")};
    struct found_decision refused = decision(&lost[1], "NOT_CREATOR");

    wait_for(harness, 101, "a");
    wait_for(harness, 102, "b");
    assert_int_equal(find_commands(outbox, lost, 1, true), 1);
    assert_int_equal(find_decisions(outbox, &refused, 1), 1);
    assert_int_equal(number(harness, "SELECT count(*) FROM jobtrail.cancellation WHERE"
                                     " decided_at IS NOT NULL AND channel = 'kafka' AND"
                                     " (job_id = 'a') = (decision = 'granted')"),
                     2);
    outbox_free(outbox);
}

static void a_decision_that_was_told_is_not_told_again(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct found_command lost = command(1, "a");
    struct found_decision told = decision(&lost, "CREATOR");

    find_commands(outbox, &lost, 1, true);
    assert_int_equal(queue_untold(outbox), 1);
    assert_int_equal(find_decisions(outbox, &told, 1), 0);
    assert_int_equal(number(harness, "SELECT count(*) FROM jobtrail.outbox"), 0);
    assert_int_equal(number(harness, "SELECT count(decision_published_at) FROM"
                                     " jobtrail.cancel_request"),
                     1);
    outbox_free(outbox);
}

static void a_decision_counts_with_its_command(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct found_command lost = command(1, "a"), never_out = command(2, "b");
    struct found_decision decisions[] = {decision(&lost, "CREATOR"),
                                         decision(&never_out, "CREATOR")};
    struct found_row row;

    find_commands(outbox, &lost, 1, true);
    assert_int_equal(find_decisions(outbox, decisions, 2), 1);
    found_decision_row(outbox, 0, &row);
    assert_true(row.is_lost && slice_equal(row.job_id, slice_of("b")));
    assert_int_equal(queue_untold(outbox), 0);
    assert_int_equal(number(harness, "SELECT count(*) FROM jobtrail.cancel_request"), 1);
    outbox_free(outbox);
}

// The last word on a request counts; a request's id that was taken for another job stays its own.
static void of_one_request_the_last_word_counts(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct found_command lost = command(1, "a"), other = command(2, "other");
    struct found_decision decisions[] = {decision(&lost, "NOT_CREATOR"),
                                         decision(&lost, "EXPIRED")};
    struct found_decision taken = decision(&other, "UNKNOWN_JOB");

    decisions[1].decided_at_us++;
    wait_for(harness, 102, "b");
    assert_int_equal(find_decisions(outbox, decisions, 2), 1);
    assert_int_equal(find_decisions(outbox, &taken, 1), 0);
    assert_int_equal(number(harness, "SELECT count(*) FROM jobtrail.cancel_request WHERE"
                                     " reason_code = 'EXPIRED' OR decided_at IS NULL"),
                     2);
    outbox_free(outbox);
}

static void a_swallowed_row_is_noticed(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct found_command lost = command(1, "a");
    struct err err = {0};
    size_t rows;

    harness_run(harness->side, "CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS"
                               " $$ BEGIN RETURN NULL; END $$;"
                               "CREATE TRIGGER theirs BEFORE INSERT ON jobtrail.cancel_command"
                               " FOR EACH ROW EXECUTE FUNCTION theirs()");
    assert_int_equal(found_commands(outbox, &lost, 1, true, &rows, &err), RETRY);
    assert_string_equal(err.reason, LEDGER_CONFLICT);
    outbox_free(outbox);
}

static void positions_are_of_their_cluster(void **state)
{
    struct outbox *outbox = ledger_kit_outbox(*state);
    struct published_position positions[] = {{{slice_of("t"), 0}, 5}, {{slice_of("t"), 1}, 6}};
    struct err err = {0};

    assert_int_equal(published_positions_move(outbox, slice_of("c"), positions, 2, &err), DONE);
    positions[1].next_offset = 7;
    assert_int_equal(published_positions_move(outbox, slice_of("c"), &positions[1], 1, &err), DONE);
    positions[0].next_offset = positions[1].next_offset = 0;
    assert_int_equal(published_positions(outbox, slice_of("c"), positions, 2, &err), DONE);
    assert_int_equal(positions[0].next_offset, 5);
    assert_int_equal(positions[1].next_offset, 7);
    assert_int_equal(published_positions(outbox, slice_of("d"), positions, 2, &err), DONE);
    assert_int_equal(positions[0].next_offset, -1);
    outbox_free(outbox);
}

static bool learn(struct outbox *outbox, char epoch[EPOCH_BYTES])
{
    struct err err = {0};
    bool is_another;

    if (found_epoch(outbox, epoch, &is_another, &err))
        fail_msg("%s: %s", err.reason, err.text);
    return is_another;
}

// One that was never compared lacks nothing that anybody knows of.
static void nobody_decides_in_another_epoch(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct ledger *ledger = ledger_kit_open(harness);
    const struct ledger_port *port = ledger_port(ledger);
    const struct gate_facts *facts;
    char epoch[EPOCH_BYTES];
    struct err err = {0};

    assert_false(learn(outbox, epoch));
    assert_int_equal(port->read(port->self, NULL, 0, &facts, &err), DONE);
    assert_int_equal(found_all(outbox, "another", &err), DONE);
    assert_true(learn(outbox, epoch));
    assert_int_equal(port->read(port->self, NULL, 0, &facts, &err), RETRY);
    assert_string_equal(err.reason, LEDGER_NOT_COMPARED);
    assert_int_equal(found_all(outbox, epoch, &err), DONE);
    assert_false(learn(outbox, epoch));
    assert_int_equal(port->read(port->self, NULL, 0, &facts, &err), DONE);
    ledger_free(ledger);
    outbox_free(outbox);
}

// Whoever writes into the topic of commands makes nobody a job's creator. A dispute that came later
// takes nothing from what was granted before.
static void a_command_for_somebody_elses_job_is_not_found(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct found_command commands[] = {command(1, "a"), command(2, "b")};
    struct found_decision told = decision(&commands[0], "CREATOR");
    struct found_row row;
    struct err err = {0};
    size_t rows;

    ledger_kit_job(harness, "a");
    ledger_kit_job(harness, "b");
    harness_run(harness->side,
                "UPDATE jobtrail_p1.job SET creator_disputed = true, creator_id = 'eve'"
                " WHERE job_id = 'b'");
    commands[0].requester_id = told.requester_id = slice_of("mallory");
    assert_int_equal(found_commands(outbox, commands, 2, true, &rows, &err), DONE);
    assert_int_equal(rows, 2);
    for (size_t i = 0; i < rows; i++) {
        found_command_row(outbox, i, &row);
        assert_int_equal(row.is_foreign, slice_equal(row.job_id, slice_of("a")));
    }
    assert_int_equal(found_decisions(outbox, &told, 1, &rows, &err), DONE);
    assert_int_equal(number(harness, "SELECT count(*) FROM jobtrail.cancel_command"), 1);
    assert_int_equal(number(harness, "SELECT count(*) FROM jobtrail.cancel_request"
                                     " WHERE requester_id = 'mallory'"),
                     0);
    assert_int_equal(queue_untold(outbox), 1);
    outbox_free(outbox);
}

// Of a member who was erased, of a job that left, of one that did not, and of one whose member was
// erased before; each with its decision.
static void what_is_gone_for_good_is_not_found(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct found_command commands[] = {command(1, "a"), command(2, "b"), command(3, "c"),
                                       command(4, "d")};
    struct found_decision decisions[4];
    struct err err = {0};
    size_t rows;

    commands[1].requester_id = commands[2].requester_id = slice_of("bob");
    commands[2].issued_at_us = 10 * AT_US;
    commands[3].issued_at_us = 10 * AT_US;
    for (size_t i = 0; i < 4; i++) {
        decisions[i] = decision(&commands[i], "CREATOR");
        decisions[i].requester_id = commands[i].requester_id;
        decisions[i].decided_at_us = commands[i].issued_at_us;
    }
    harness_run(
        harness->side,
        "INSERT INTO jobtrail.erased_member SELECT to_timestamp(5), now(), salt,"
        " sha256(salt || '\\x0061636d650061646100') FROM (SELECT '\\x0102'::bytea AS salt) s");
    harness_run(harness->side,
                "INSERT INTO jobtrail_p1.horizon VALUES (to_timestamp(5), 'acme', '')");
    assert_int_equal(found_commands(outbox, commands, 4, false, &rows, &err), DONE);
    assert_int_equal(rows, 2);
    assert_int_equal(found_decisions(outbox, decisions, 4, &rows, &err), DONE);
    outbox_free(outbox);
    assert_int_equal(number(harness, "SELECT count(*) FROM jobtrail.cancel_request"), 2);
    assert_int_equal(number(harness, "SELECT count(*) FROM jobtrail.cancel_command"
                                     " WHERE job_id IN ('c', 'd')"),
                     2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(a_command_is_found_once_with_its_request),
        TEST(what_the_ledger_has_stays),
        TEST(a_request_that_waits_is_decided),
        TEST(a_decision_that_was_told_is_not_told_again),
        TEST(a_decision_counts_with_its_command),
        TEST(of_one_request_the_last_word_counts),
        TEST(a_swallowed_row_is_noticed),
        TEST(positions_are_of_their_cluster),
        TEST(nobody_decides_in_another_epoch),
        TEST(a_command_for_somebody_elses_job_is_not_found),
        TEST(what_is_gone_for_good_is_not_found),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
