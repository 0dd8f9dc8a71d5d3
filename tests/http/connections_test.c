// SPDX-License-Identifier: Apache-2.0
// Who is too slow is hung up on, by phase.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/connections.h"

enum { LONG_US = 1000 * 1000 * 1000 };

static bool is_hung_up(int fd)
{
    char byte;

    return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

static void the_slow_are_hung_up_on(void **state)
{
    static const struct {
        enum connection_phase phase;
        int64_t asks_us, answers_us;
        bool ends;
    } cases[] = {
        {CONNECTION_ASKS, LONG_US / 2, INT64_C(2) * LONG_US, true},
        {CONNECTION_ASKS, INT64_C(2) * LONG_US, LONG_US / 2, false},
        {CONNECTION_WORKS, 1, 1, false},
        {CONNECTION_ANSWERS, LONG_US / 2, INT64_C(2) * LONG_US, false},
        {CONNECTION_ANSWERS, INT64_C(2) * LONG_US, LONG_US / 2, true},
    };
    struct connections connections;
    struct connection one, other;

    (void)state;
    connections_init(&connections);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int fds[2], others[2];

        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, others), 0);
        connection_open(&connections, &one, fds[0]);
        connection_open(&connections, &other, others[0]);
        connection_close(&connections, &other); // is nobody's business any more
        connection_enter(&connections, &one, cases[i].phase);
        assert_int_equal(connections_busy(&connections), cases[i].phase != CONNECTION_ASKS);
        connections_end_slow(&connections, clock_monotonic_us() + LONG_US, cases[i].asks_us,
                             cases[i].answers_us);
        assert_int_equal(is_hung_up(fds[1]), cases[i].ends);
        assert_false(is_hung_up(others[1]));
        connection_close(&connections, &one);
        for (int j = 0; j < 2; j++) {
            close(fds[j]);
            close(others[j]);
        }
    }
    assert_int_equal(connections_busy(&connections), 0);
    connections_destroy(&connections);
}

static void the_oldest_gives_way(void **state)
{
    struct connections connections;
    struct connection open[3];
    int fds[3][2];

    (void)state;
    connections_init(&connections);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds[i]), 0);
        connection_open(&connections, &open[i], fds[i][0]);
        connections_end_oldest(&connections, 2);
        assert_int_equal(is_hung_up(fds[0][1]), i == 2);
    }
    connections_end_oldest(&connections, 2);
    assert_false(is_hung_up(fds[1][1])); // one gave way, and needs not be closed for that
    connections_end_oldest(&connections, 1);
    assert_true(is_hung_up(fds[1][1]));
    assert_false(is_hung_up(fds[2][1]));
    for (size_t i = 0; i < 3; i++) {
        connection_close(&connections, &open[i]);
        close(fds[i][0]);
        close(fds[i][1]);
    }
    connections_destroy(&connections);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_slow_are_hung_up_on),
        cmocka_unit_test(the_oldest_gives_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
