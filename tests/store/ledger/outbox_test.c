// SPDX-License-Identifier: Apache-2.0
// The relay's side of the outbox on a real PostgreSQL: one holder of the lock, woken by a commit,
// claims in order and without what is under way, marks once.
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "store/ledger/ledger_kit.h"

enum { WAIT_MS = 20000, NO_WAKE = -1 };

static bool lock(struct outbox *outbox)
{
    struct err err = {0};
    bool held;

    if (outbox_lock(outbox, &held, &err))
        fail_msg("lock: %s: %s", err.reason, err.text);
    assert_int_equal(held, outbox_is_locked(outbox));
    return held;
}

// Two commands, and for each the request and its decision; ids in the outbox are 1 to 4, decisions
// the odd ones.
static void fill(struct harness *harness)
{
    harness_run(
        harness->side,
        "INSERT INTO jobtrail.cancel_command (command_id, request_id, organization_id, job_id,"
        " attempt, type, creator_id, requester_id, issued_at, answer_by, reason, traceparent)"
        " SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid,"
        " ('00000000-0000-0000-0000-0000000000a' || n)::uuid, 'acme', 'job-' || n, 2 + n, 'Load',"
        " 'ada', 'ada', '2000-01-01 00:00:00.000001Z', now(), CASE n WHEN 1 THEN 'why' END,"
        " CASE n WHEN 1 THEN 'trace' END FROM generate_series(1, 2) AS n;"
        "INSERT INTO jobtrail.cancel_request (received_at, recorded_at, decided_at, request_id,"
        " command_id, organization_id, job_id, job_attempt, requester_id, creator_id,"
        " job_revision, identified, channel, decision, reason_code)"
        " SELECT '2000-01-01 00:00:00.000002Z', now(), '2000-01-01 00:00:00.000003Z', request_id,"
        " command_id, organization_id, job_id, attempt, 'ada', 'ada', 1, true, 'http', 'granted',"
        " 'ALREADY_REQUESTED' FROM jobtrail.cancel_command ORDER BY job_id;"
        "INSERT INTO jobtrail.outbox (request, command_id)"
        " SELECT CASE w WHEN 0 THEN r.id END, CASE w WHEN 1 THEN r.command_id END"
        " FROM jobtrail.cancel_request AS r, generate_series(0, 1) AS w ORDER BY r.id, w");
}

static void bury(struct harness *harness, int count, int bytes)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "INSERT INTO jobtrail.dead_letter (record_offset, timestamp_ms, partition, topic,"
             " stage, reason, message, key, value, header_names, header_values)"
             " SELECT n, 77, 3, 'events', 'decode', 'FRAMING', 'broken', NULL,"
             " convert_to(repeat('x', %d), 'UTF8'), ARRAY['a', '']::bytea[],"
             " ARRAY[NULL, 'b']::bytea[] FROM generate_series(1, %d) AS n",
             bytes, count);
    harness_run(harness->side, sql);
}

static size_t claim(struct outbox *outbox, enum outbox_kind kind, const int64_t *without,
                    size_t without_count, size_t limit, size_t bytes_max)
{
    struct err err = {0};
    size_t count;

    if (outbox_claim(outbox, kind, without, without_count, limit, bytes_max, &count, &err))
        fail_msg("claim: %s: %s", err.reason, err.text);
    return count;
}

static void mark(struct outbox *outbox, bool are_dead_letters, const int64_t *ids, size_t count)
{
    struct err err = {0};

    if (outbox_mark(outbox, are_dead_letters, ids, count, &err))
        fail_msg("mark: %s: %s", err.reason, err.text);
}

static void one_at_a_time_has_the_lock(void **state)
{
    struct outbox *first = ledger_kit_outbox(*state), *second = ledger_kit_outbox(*state);

    assert_true(lock(first));
    assert_true(lock(first));
    assert_false(lock(second));
    outbox_disconnect(first);
    assert_false(outbox_is_locked(first));
    // The server may need a moment to see that the connection ended.
    for (int i = 0; !lock(second); i++) {
        assert_true(i < WAIT_MS / 10);
        usleep(10000);
    }
    outbox_free(second);
    outbox_free(first);
}

static PGconn *connect_as(struct harness *harness, const char *user)
{
    char conninfo[320];
    PGconn *connection;

    snprintf(conninfo, sizeof conninfo, "%s user=%s", harness->conninfo, user);
    connection = PQconnectdb(conninfo);
    assert_int_equal(PQstatus(connection), CONNECTION_OK);
    return connection;
}

// The lock that relays of before had: 7453010373645639282.
#define LOCK_OF_BEFORE "SELECT pg_advisory_lock(7453010373645639282)"

static void who_may_only_connect_keeps_no_relay_from_its_work(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    PGconn *stranger;

    harness_run(harness->side, "CREATE ROLE stranger LOGIN; GRANT jobtrail_reader TO stranger");
    stranger = connect_as(harness, "stranger");
    harness_run(stranger, LOCK_OF_BEFORE);
    assert_string_equal(
        harness_sqlstate(stranger, "INSERT INTO jobtrail.relay_lock (pid, token) VALUES (1, 1)"),
        "42501");
    assert_string_equal(harness_sqlstate(stranger, "SELECT FROM jobtrail.relay_lock"), "42501");
    assert_true(lock(outbox));
    outbox_free(outbox);
    PQfinish(stranger);
    harness_run(harness->side, "DROP OWNED BY stranger; DROP ROLE stranger");
}

static void a_relay_of_before_is_waited_for(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct outbox_lock_holder holder;
    struct err err;

    harness_run(harness->side, LOCK_OF_BEFORE);
    assert_false(lock(outbox));
    assert_int_equal(outbox_lock_holder(outbox, &holder, &err), DONE);
    assert_int_equal(holder.pid, PQbackendPID(harness->side));
    assert_false(holder.is_relay);
    harness_run(harness->side, "SELECT pg_advisory_unlock_all()");
    assert_true(lock(outbox));
    // And it would not work beside this one.
    assert_string_equal(
        harness_value(harness->side, "SELECT pg_try_advisory_lock(7453010373645639282)"), "f");
    outbox_free(outbox);
}

static void who_waits_for_the_lock_writes_nothing(void **state)
{
    struct harness *harness = *state;
    struct outbox *first = ledger_kit_outbox(harness), *second = ledger_kit_outbox(harness);
    char before[32];
    struct outbox_lock_holder holder;
    struct err err;

    assert_true(lock(first));
    snprintf(before, sizeof before, "%s",
             harness_value(harness->side, "SELECT (ctid, xmin, xmax) FROM jobtrail.relay_lock"));
    assert_false(lock(second));
    assert_string_equal(
        harness_value(harness->side, "SELECT (ctid, xmin, xmax) FROM jobtrail.relay_lock"), before);
    assert_int_equal(outbox_lock_holder(second, &holder, &err), DONE);
    assert_true(holder.is_relay);
    outbox_free(second);
    outbox_free(first);
}

static bool wait(struct outbox *outbox, int wake_fd, int timeout_ms)
{
    struct err err = {0};
    bool filled;

    if (outbox_wait(outbox, wake_fd, timeout_ms, &filled, &err))
        fail_msg("wait: %s: %s", err.reason, err.text);
    return filled;
}

static void a_commit_wakes_the_holder(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    int wake = eventfd(0, EFD_NONBLOCK);

    assert_true(lock(outbox));
    assert_false(wait(outbox, wake, 0));
    harness_run(harness->side, "SELECT pg_notify('jobtrail_outbox', '')");
    assert_true(wait(outbox, wake, WAIT_MS));
    // One that comes along with an answer is not lost.
    harness_run(harness->side, "SELECT pg_notify('jobtrail_outbox', '')");
    while (!wait(outbox, wake, 0))
        claim(outbox, OUTBOX_COMMAND, NULL, 0, 1, 0);
    assert_false(wait(outbox, wake, 0));
    assert_int_equal(eventfd_write(wake, 1), 0);
    assert_false(wait(outbox, wake, WAIT_MS));
    outbox_disconnect(outbox);
    assert_false(wait(outbox, wake, WAIT_MS));
    close(wake);
    outbox_free(outbox);
}

static void a_command_is_all_that_its_row_says(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct outbox_command command;

    fill(harness);
    assert_int_equal(claim(outbox, OUTBOX_COMMAND, NULL, 0, 10, 0), 2);
    outbox_command(outbox, 0, &command);
    assert_int_equal(command.id, 2);
    assert_int_equal(command.received_at_us, INT64_C(946684800000002));
    assert_int_equal(command.command_id.bytes[15], 0x01);
    assert_int_equal(command.request_id.bytes[15], 0xa1);
    assert_true(slice_equal(command.organization_id, slice_of("acme")));
    assert_true(slice_equal(command.job_id, slice_of("job-1")));
    assert_int_equal(command.attempt, 3);
    assert_true(slice_equal(command.type, slice_of("Load")));
    assert_true(slice_equal(command.requester_id, slice_of("ada")));
    assert_int_equal(command.issued_at_us, INT64_C(946684800000001));
    assert_true(slice_equal(command.reason, slice_of("why")));
    assert_true(slice_equal(command.traceparent, slice_of("trace")));
    outbox_command(outbox, 1, &command);
    assert_int_equal(command.id, 4);
    assert_true(slice_is_null(command.reason) && slice_is_null(command.traceparent));
    outbox_free(outbox);
}

static void a_decision_is_all_that_its_row_says(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct outbox_decision decision;

    fill(harness);
    harness_run(harness->side, "UPDATE jobtrail.cancel_request SET decision = 'refused',"
                               " reason_code = 'LATER', command_id = NULL WHERE job_id = 'job-2'");
    assert_int_equal(claim(outbox, OUTBOX_DECISION, NULL, 0, 10, 0), 2);
    outbox_decision(outbox, 0, &decision);
    assert_int_equal(decision.id, 1);
    assert_int_equal(decision.request_id.bytes[15], 0xa1);
    assert_true(slice_equal(decision.organization_id, slice_of("acme")));
    assert_true(slice_equal(decision.job_id, slice_of("job-1")));
    assert_true(slice_equal(decision.requester_id, slice_of("ada")));
    assert_int_equal(decision.decision, CANCEL_GRANTED);
    assert_int_equal(decision.reason_code, REASON_ALREADY_REQUESTED);
    assert_true(decision.has_command);
    assert_int_equal(decision.command_id.bytes[15], 0x01);
    assert_int_equal(decision.decided_at_us, INT64_C(946684800000003));
    outbox_decision(outbox, 1, &decision);
    assert_int_equal(decision.decision, CANCEL_REFUSED);
    assert_int_equal(decision.reason_code, REASON_OTHER);
    assert_false(decision.has_command);
    outbox_free(outbox);
}

static void what_is_under_way_or_refused_is_not_claimed(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct outbox_command command;
    struct err err = {0};

    fill(harness);
    assert_int_equal(claim(outbox, OUTBOX_COMMAND, NULL, 0, 1, 0), 1);
    assert_int_equal(claim(outbox, OUTBOX_COMMAND, &(int64_t){2}, 1, 10, 0), 1);
    outbox_command(outbox, 0, &command);
    assert_int_equal(command.id, 4);
    assert_int_equal(outbox_refuse(outbox, false, 4, "too large", &err), DONE);
    assert_int_equal(claim(outbox, OUTBOX_COMMAND, &(int64_t){2}, 1, 10, 0), 0);
    assert_string_equal(
        harness_value(harness->side, "SELECT string_agg(id || refusal, ',') FROM jobtrail.outbox"),
        "4too large");
    assert_int_equal(claim(outbox, OUTBOX_DECISION, (int64_t[]){1, 3}, 2, 10, 0), 0);
    outbox_free(outbox);
}

static void a_mark_counts_once(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct outbox_command command;

    fill(harness);
    mark(outbox, false, (int64_t[]){1, 2, 3}, 3);
    mark(outbox, false, (int64_t[]){1, 2, 3}, 3);
    assert_string_equal(
        harness_value(harness->side, "SELECT string_agg(id::text, ',') FROM jobtrail.outbox"), "4");
    assert_string_equal(
        harness_value(harness->side,
                      "SELECT string_agg(publications || ' ' || (published_at IS NOT NULL), ','"
                      " ORDER BY job_id) FROM jobtrail.cancel_command"),
        "1 true,0 false");
    assert_int_equal(harness_number(harness->side, "SELECT count(decision_published_at)"
                                                   " FROM jobtrail.cancel_request"),
                     2);
    // Only a command's job changes in the eyes of a viewer, and only when something was marked.
    assert_string_equal(harness_value(harness->side,
                                      "SELECT string_agg(array_to_string(organization_ids"
                                      " || job_ids, ' '), ';') FROM jobtrail.change"),
                        "acme job-1");
    // The time of the request is for the first publication alone.
    harness_run(harness->side, "INSERT INTO jobtrail.outbox (command_id)"
                               " SELECT command_id FROM jobtrail.cancel_command"
                               " WHERE job_id = 'job-1'");
    assert_int_equal(claim(outbox, OUTBOX_COMMAND, &(int64_t){4}, 1, 10, 0), 1);
    outbox_command(outbox, 0, &command);
    assert_int_equal(command.received_at_us, TIME_NONE);
    assert_int_equal(command.issued_at_us, INT64_C(946684800000001));
    outbox_free(outbox);
}

static void dead_letters_are_bounded(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct err err = {0};

    bury(harness, 5, 1000);
    assert_int_equal(claim(outbox, OUTBOX_DEAD_LETTER, NULL, 0, 3, 1000000), 3);
    assert_int_equal(claim(outbox, OUTBOX_DEAD_LETTER, NULL, 0, 9, 1), 1);
    assert_int_equal(claim(outbox, OUTBOX_DEAD_LETTER, NULL, 0, 9, 2000), 2);
    assert_int_equal(claim(outbox, OUTBOX_DEAD_LETTER, (int64_t[]){1, 2}, 2, 9, 1000000), 3);
    mark(outbox, true, (int64_t[]){1, 2}, 2);
    assert_int_equal(outbox_refuse(outbox, true, 3, "too large", &err), DONE);
    assert_int_equal(outbox_refuse(outbox, true, 1, "too late", &err), DONE);
    assert_int_equal(claim(outbox, OUTBOX_DEAD_LETTER, NULL, 0, 9, 1000000), 2);
    assert_string_equal(harness_value(harness->side,
                                      "SELECT string_agg(id || coalesce(refusal, '') ||"
                                      " (published_at IS NOT NULL), ',' ORDER BY id)"
                                      " FROM jobtrail.dead_letter"),
                        "1true,2true,3too largefalse,4false,5false");
    outbox_free(outbox);
}

static void a_dead_letter_is_whole(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct outbox_dead_letter letter;
    struct arena arena;
    struct err err = {0};

    arena_init(&arena);
    bury(harness, 2, 3);
    harness_run(harness->side, "UPDATE jobtrail.dead_letter SET header_names = '{}',"
                               " header_values = '{}', value = NULL, key = '' WHERE id = 2");
    assert_int_equal(claim(outbox, OUTBOX_DEAD_LETTER, NULL, 0, 9, 100000), 2);
    assert_int_equal(outbox_dead_letter(outbox, 0, &arena, &letter, &err), DONE);
    assert_int_equal(letter.id, 1);
    assert_true(slice_equal(letter.letter.source.topic, slice_of("events")));
    assert_int_equal(letter.letter.source.partition, 3);
    assert_int_equal(letter.letter.offset, 1);
    assert_int_equal(letter.letter.timestamp_ms, 77);
    assert_string_equal(letter.letter.stage, "decode");
    assert_string_equal(letter.letter.reason, "FRAMING");
    assert_true(slice_equal(letter.letter.message, slice_of("broken")));
    assert_true(slice_is_null(letter.letter.key));
    assert_true(slice_equal(letter.letter.value, slice_of("xxx")));
    assert_int_equal(letter.letter.header_count, 2);
    assert_true(slice_equal(letter.letter.headers[0].name, slice_of("a")));
    assert_true(slice_is_null(letter.letter.headers[0].value));
    assert_true(slice_equal(letter.letter.headers[1].name, slice_of("")));
    assert_true(slice_equal(letter.letter.headers[1].value, slice_of("b")));
    assert_int_equal(outbox_dead_letter(outbox, 1, &arena, &letter, &err), DONE);
    assert_int_equal(letter.letter.header_count, 0);
    assert_true(slice_is_null(letter.letter.value));
    assert_true(slice_equal(letter.letter.key, slice_of("")));
    arena_reset(&arena);
    outbox_free(outbox);
}

static void it_counts_what_is_open(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct outbox_counts counts;
    struct row_write row = harness_row("acme", "job-1", 1);
    struct err err = {0};

    fill(harness);
    harness_run(harness->side, "UPDATE jobtrail.cancel_command SET answer_by = now() +"
                               " CASE job_id WHEN 'job-1' THEN interval '1 hour'"
                               " ELSE -interval '1 hour' END");
    assert_int_equal(outbox_count(outbox, &counts, &err), DONE);
    assert_int_equal(counts.rows, 4);
    assert_int_equal(counts.open, 1);
    assert_int_equal(counts.unanswered, 1);
    row.columns.attempt = 3;
    row.columns.status = STATUS_DISMISSED;
    harness_written(harness->store, &(struct batch_write){.rows = &row, .row_count = 1});
    harness_run(harness->side, "UPDATE jobtrail.cancel_command SET answer_by = now() -"
                               " interval '2 days' WHERE job_id = 'job-2'");
    assert_int_equal(outbox_count(outbox, &counts, &err), DONE);
    assert_int_equal(counts.open, 0);
    assert_int_equal(counts.unanswered, 0);
    outbox_free(outbox);
}

static void a_connection_that_ends_is_told(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct err err = {0};
    bool filled;
    size_t count;
    int rc;

    fill(harness);
    for (int by_waiting = 0; by_waiting <= 1; by_waiting++) {
        assert_true(lock(outbox));
        harness_run(harness->side, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                                   " WHERE application_name = 'relay'");
        // The server's last words may come before the end of the connection.
        do
            rc = by_waiting ? outbox_wait(outbox, NO_WAKE, WAIT_MS, &filled, &err)
                            : outbox_claim(outbox, OUTBOX_COMMAND, NULL, 0, 9, 0, &count, &err);
        while (!rc);
        assert_int_equal(rc, RETRY);
        assert_false(outbox_is_connected(outbox) || outbox_is_locked(outbox));
        assert_int_equal(outbox_mark(outbox, false, &(int64_t){1}, 1, &err), RETRY);
        assert_string_equal(err.reason, "NOT_CONNECTED");
        assert_int_equal(outbox_connect(outbox, &err), DONE);
    }
    assert_int_equal(claim(outbox, OUTBOX_COMMAND, NULL, 0, 9, 0), 2);
    outbox_free(outbox);
}

static void its_session_is_soon_given_up_by_the_server(void **state)
{
    struct harness *harness = *state;
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct err err = {0};

    // Over a Unix socket there is nothing to keep alive: the server takes the settings silently.
    assert_true(lock(outbox));
    assert_int_equal(harness_number(harness->side,
                                    "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING"
                                    " (pid) WHERE locktype = 'advisory'"
                                    " AND application_name = 'relay'"),
                     2);
    harness_run(
        harness->side,
        "DELETE FROM jobtrail.migration WHERE name = (SELECT max(name) FROM jobtrail.migration)");
    assert_int_equal(outbox_connect(outbox, &err), FATAL);
    assert_string_equal(err.reason, "NOT_MIGRATED");
    outbox_free(outbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(one_at_a_time_has_the_lock),
        TEST(who_may_only_connect_keeps_no_relay_from_its_work),
        TEST(a_relay_of_before_is_waited_for),
        TEST(who_waits_for_the_lock_writes_nothing),
        TEST(a_commit_wakes_the_holder),
        TEST(a_command_is_all_that_its_row_says),
        TEST(a_decision_is_all_that_its_row_says),
        TEST(what_is_under_way_or_refused_is_not_claimed),
        TEST(a_mark_counts_once),
        TEST(dead_letters_are_bounded),
        TEST(a_dead_letter_is_whole),
        TEST(it_counts_what_is_open),
        TEST(a_connection_that_ends_is_told),
        TEST(its_session_is_soon_given_up_by_the_server),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
