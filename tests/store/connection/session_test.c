// SPDX-License-Identifier: Apache-2.0
// The one owner of a connection: what becomes of it when the server ends it, cancels a question,
// refuses one or says nothing, and when there is no memory.
#include "store/harness.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>

#include "store/connection/session.h"
#include "store/connection/values.h"
#include "support/failing_malloc.h"

enum { ALLOCATIONS_MAX = 500, SHORT_MS = 300, WORDS_MAX = 100, ENDED_WITHIN_MS = 30000 };

static const char *const prepared[] = {"begin", "commit", "rollback", "text_lower", NULL};

static struct session session;
static int reconnects;

static void count_reconnect(void *observer)
{
    ++*(int *)observer;
}

static int begin_session(const struct harness *harness, int transaction_timeout_ms, struct err *err)
{
    const struct connection_options options = {
        .conninfo = harness->conninfo,
        .application_name = "session-test",
        .owner = "tester",
        .connect_timeout_ms = 10000,
        .statement_timeout_ms = 10000,
        .transaction_timeout_ms = transaction_timeout_ms,
        .reconnected = count_reconnect,
        .observer = &reconnects,
    };

    return session_init(&session, &options, prepared, err);
}

static int open_session(void **state)
{
    struct harness *harness;
    struct err err;

    if (harness_open(state))
        return -1;
    harness = *state;
    reconnects = 0;
    assert_int_equal(begin_session(harness, 10000, &err), DONE);
    assert_int_equal(session_connect(&session, &err), DONE);
    return 0;
}

static int close_session(void **state)
{
    failing_malloc_never();
    session_close(&session);
    return harness_close(state);
}

// The answer to text_lower, which must be right.
static int ask(struct session *of, struct err *err)
{
    struct parameters parameters;
    PGresult *answer = NULL;
    int rc;

    parameters_init(&parameters);
    parameters_add_bytes(&parameters, SLICE_LITERAL("ABC"));
    rc = session_ask_prepared(of, "text_lower", &parameters, &answer, err);
    parameters_free(&parameters);
    if (!rc)
        assert_true(slice_equal(value_bytes(answer, 0, 0), SLICE_LITERAL("abc")));
    PQclear(answer);
    return rc;
}

static void it_is_asked_and_told_of_no_reconnect_at_first(void **state)
{
    struct err err;

    (void)state;
    assert_true(session_is_connected(&session));
    assert_int_equal(ask(&session, &err), DONE);
    assert_int_equal(reconnects, 0);
}

static void without_a_connection_nothing_is_asked(void **state)
{
    struct err err;

    (void)state;
    session_disconnect(&session);
    assert_int_equal(ask(&session, &err), RETRY);
    assert_string_equal(err.reason, "NOT_CONNECTED");
    assert_int_equal(session_run(&session, &err), RETRY);
    assert_string_equal(err.reason, "NOT_CONNECTED");
    session_end_transaction(&session); // there is none
}

static void a_session_that_the_server_ended_is_lost_and_connects_again(void **state)
{
    struct harness *harness = *state;
    struct err err;

    harness_run(harness->side, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                               "WHERE application_name = 'session-test'");
    assert_int_equal(ask(&session, &err), RETRY);
    assert_false(session_is_connected(&session));
    assert_int_equal(session_connect(&session, &err), DONE);
    assert_int_equal(ask(&session, &err), DONE);
    assert_int_equal(reconnects, 1);
}

static void a_session_that_the_server_ended_while_it_was_idle_is_noticed(void **state)
{
    struct harness *harness = *state;
    struct pollfd readable = {.events = POLLIN};
    struct err err;

    session_notice_end(&session);
    assert_true(session_is_connected(&session));
    readable.fd = PQsocket(session.connection);
    harness_run(harness->side, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                               "WHERE application_name = 'session-test'");
    // The server's parting words come first, and then the end.
    for (int i = 0; i < WORDS_MAX && session_is_connected(&session); i++) {
        assert_int_equal(poll(&readable, 1, ENDED_WITHIN_MS), 1);
        session_notice_end(&session);
    }
    assert_false(session_is_connected(&session));
    session_notice_end(&session); // there is none
    assert_int_equal(session_connect(&session, &err), DONE);
    assert_int_equal(ask(&session, &err), DONE);
    assert_int_equal(reconnects, 1);
}

static void a_failure_that_the_server_tells_leaves_the_connection_of_a_run(void **state)
{
    struct parameters *parameters;
    struct err err;

    (void)state;
    assert_non_null(exchange_add(&session.exchange, "begin"));
    parameters = exchange_add(&session.exchange, "text_lower");
    assert_non_null(parameters);
    parameters_add_bytes(parameters, SLICE_LITERAL("\xff")); // no UTF-8
    assert_int_not_equal(session_run(&session, &err), DONE);
    assert_true(session_is_connected(&session));
    assert_int_not_equal(PQtransactionStatus(session.connection), PQTRANS_IDLE);
    session_end_transaction(&session);
    assert_int_equal(PQtransactionStatus(session.connection), PQTRANS_IDLE);
    exchange_clear(&session.exchange);
    assert_int_equal(ask(&session, &err), DONE);
    assert_int_equal(reconnects, 0);
}

// The server's process is stopped, as if its host hung.
static void a_server_that_says_nothing_costs_the_connection(void **state)
{
    struct harness *harness = *state;
    struct err err;
    pid_t server;

    session_close(&session);
    assert_int_equal(begin_session(harness, SHORT_MS, &err), DONE);
    assert_int_equal(session_connect(&session, &err), DONE);
    server = (pid_t)PQbackendPID(session.connection);
    assert_int_equal(kill(server, SIGSTOP), 0);
    assert_int_equal(ask(&session, &err), RETRY);
    assert_string_equal(err.reason, "SERVER_SILENT");
    assert_false(session_is_connected(&session));
    assert_int_equal(kill(server, SIGCONT), 0);
    assert_int_equal(session_connect(&session, &err), DONE);
}

static void every_allocation_may_fail(void **state)
{
    struct harness *harness = *state;
    bool failed = true;

    for (long n = 1; failed && n < ALLOCATIONS_MAX; n++) {
        struct err err;
        int rc;

        session_close(&session);
        failing_malloc_after(n);
        rc = begin_session(harness, 10000, &err);
        if (!rc)
            rc = session_connect(&session, &err);
        if (!rc)
            rc = ask(&session, &err);
        failed = failing_malloc_happened();
        failing_malloc_never();
        if (failed && rc)
            assert_int_equal(rc, RETRY);
        else
            assert_int_equal(rc, DONE);
    }
    assert_false(failed);
}

static void one_that_only_looks_mends_and_changes_nothing(void **state)
{
    struct harness *harness = *state;
    struct err err;

    harness_run(harness->side, "INSERT INTO jobtrail.change (job_ids, organization_ids)"
                               " VALUES ('{}', '{}'), ('{}', '{}');"
                               "ALTER SEQUENCE jobtrail.change_id_seq RESTART");
    session.options.only_looks = session.writes = true;
    assert_int_equal(session_connect(&session, &err), DONE);
    assert_int_equal(
        harness_number(harness->side, "SELECT is_called::int FROM jobtrail.change_id_seq"), 0);
    assert_int_equal(ask(&session, &err), DONE); // and is taken for no server that turned read only
    assert_int_equal(link_run_script(session.connection,
                                     SLICE_LITERAL("DELETE FROM jobtrail.change"), 10000, &err),
                     RETRY);
    assert_string_equal(err.reason, "READ_ONLY_SERVER");

    session.options.only_looks = false;
    assert_int_equal(session_connect(&session, &err), DONE);
    assert_int_equal(harness_number(harness->side, "SELECT last_value FROM jobtrail.change_id_seq"),
                     2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_asked_and_told_of_no_reconnect_at_first, open_session,
                                        close_session),
        cmocka_unit_test_setup_teardown(without_a_connection_nothing_is_asked, open_session,
                                        close_session),
        cmocka_unit_test_setup_teardown(a_session_that_the_server_ended_is_lost_and_connects_again,
                                        open_session, close_session),
        cmocka_unit_test_setup_teardown(
            a_session_that_the_server_ended_while_it_was_idle_is_noticed, open_session,
            close_session),
        cmocka_unit_test_setup_teardown(
            a_failure_that_the_server_tells_leaves_the_connection_of_a_run, open_session,
            close_session),
        cmocka_unit_test_setup_teardown(a_server_that_says_nothing_costs_the_connection,
                                        open_session, close_session),
        cmocka_unit_test_setup_teardown(one_that_only_looks_mends_and_changes_nothing, open_session,
                                        close_session),
        cmocka_unit_test_setup_teardown(every_allocation_may_fail, open_session, close_session),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
