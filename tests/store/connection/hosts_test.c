// SPDX-License-Identifier: Apache-2.0
// A connection string that names several servers: each is tried within its own time, also behind
// one that takes connections and says nothing.
#include "store/harness.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "store/connection/link.h"
#include "support/failing_malloc.h"

enum { SHARED_MS = 2000, LONG_MS = 600000, ALLOCATIONS_MAX = 500, BACKLOG = 64 };

static int hung = -1; // listens, and nobody accepts
static int hung_port;

static int open_all(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;

    if (harness_open(state))
        return -1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    hung = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_true(hung >= 0);
    assert_int_equal(bind(hung, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(hung, BACKLOG), 0);
    assert_int_equal(getsockname(hung, (struct sockaddr *)&address, &size), 0);
    hung_port = ntohs(address.sin_port);
    return 0;
}

static int close_all(void **state)
{
    failing_malloc_never();
    close(hung);
    return harness_close(state);
}

// How many came to the one that hangs since the last time.
static int count_hung(void)
{
    int count = 0, one;

    while ((one = accept(hung, NULL, NULL)) >= 0) {
        close(one);
        count++;
    }
    return count;
}

// The hanging server first, then ours; more is for either.
static const char *conninfo_of(const struct harness *harness, const char *more)
{
    static char conninfo[512];

    snprintf(conninfo, sizeof conninfo, "host=127.0.0.1,%s port=%d,%s user=%s dbname=%s %s",
             PQhost(harness->side), hung_port, PQport(harness->side), PQuser(harness->side),
             PQdb(harness->side), more);
    return conninfo;
}

static void expect_ours(const struct harness *harness, const char *more, int timeout_ms,
                        struct link_memory *memory)
{
    struct err err = {0};
    PGconn *connection =
        link_open(conninfo_of(harness, more), "hosts-test", timeout_ms, memory, &err);

    if (!connection)
        fail_msg("%s: %s", err.reason, err.text);
    assert_string_equal(PQport(connection), PQport(harness->side));
    PQfinish(connection);
}

static void one_that_hangs_is_left_and_remembered(void **state)
{
    struct link_memory memory = {0};

    expect_ours(*state, "", SHARED_MS, &memory);
    assert_int_equal(count_hung(), 2); // once to see what there is
    expect_ours(*state, "", SHARED_MS, &memory);
    assert_int_equal(count_hung(), 1);
    memory.until_us = 1; // it was long ago
    expect_ours(*state, "", SHARED_MS, &memory);
    assert_int_equal(count_hung(), 2);
}

static void connect_timeout_is_honoured(void **state)
{
    expect_ours(*state, "connect_timeout=2", LONG_MS, NULL);
}

static void the_kind_of_server_counts_for_each(void **state)
{
    expect_ours(*state, "target_session_attrs=read-write", SHARED_MS, NULL);
    expect_ours(*state, "target_session_attrs=primary", SHARED_MS, NULL);
    // There is none, so that any will do.
    expect_ours(*state, "target_session_attrs=prefer-standby", SHARED_MS, NULL);
}

static void what_all_of_them_said_is_told(void **state)
{
    struct harness *harness = *state;
    struct err err = {0};
    char words[64];

    assert_null(link_open(conninfo_of(harness, "target_session_attrs=standby"), "hosts-test",
                          SHARED_MS, NULL, &err));
    assert_int_equal(err.disposition, RETRY);
    snprintf(words, sizeof words, "127.0.0.1:%d: PostgreSQL did not answer", hung_port);
    if (!strstr(err.text, words) || !strstr(err.text, "standby"))
        fail_msg("%s", err.text);
}

static void what_only_a_person_can_mend_ends_it(void **state)
{
    struct harness *harness = *state;
    struct err err = {0};
    char conninfo[512];

    snprintf(conninfo, sizeof conninfo, "host=%s,127.0.0.1 port=%s,%d user=%s dbname=no_such_one",
             PQhost(harness->side), PQport(harness->side), hung_port, PQuser(harness->side));
    assert_null(link_open(conninfo, "hosts-test", LONG_MS, NULL, &err));
    assert_string_equal(err.reason, "NO_DATABASE");
}

static void every_allocation_may_fail(void **state)
{
    struct harness *harness = *state;
    bool failed = true;
    char conninfo[512];

    snprintf(conninfo, sizeof conninfo, "host=%s,%s port=%s user=%s dbname=%s",
             PQhost(harness->side), PQhost(harness->side), PQport(harness->side),
             PQuser(harness->side), PQdb(harness->side));
    for (long n = 1; failed && n < ALLOCATIONS_MAX; n++) {
        struct err err = {0};
        PGconn *connection;

        failing_malloc_after(n);
        connection = link_open(conninfo, "hosts-test", SHARED_MS, NULL, &err);
        failed = failing_malloc_happened();
        failing_malloc_never();
        if (!connection)
            assert_int_equal(err.disposition, RETRY);
        PQfinish(connection);
    }
    assert_false(failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)
        TEST(one_that_hangs_is_left_and_remembered), TEST(connect_timeout_is_honoured),
        TEST(the_kind_of_server_counts_for_each),    TEST(what_all_of_them_said_is_told),
        TEST(what_only_a_person_can_mend_ends_it),   TEST(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
