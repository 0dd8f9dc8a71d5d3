// SPDX-License-Identifier: Apache-2.0
// A server that answers before the question has been sent to its end.
#include "store/harness.h"

#include <poll.h>

static bool answers_come_at_once;

int __real_PQpipelineSync(PGconn *connection);
int __wrap_PQpipelineSync(PGconn *connection);

int __wrap_PQpipelineSync(PGconn *connection)
{
    struct pollfd socket = {.fd = PQsocket(connection), .events = POLLIN};
    int rc = __real_PQpipelineSync(connection);

    if (answers_come_at_once)
        assert_int_equal(poll(&socket, 1, 10000), 1);
    return rc;
}

// The answer may be there by the time that the question has left; then nothing more comes to wake
// whoever waits for the socket.
static void an_answer_that_comes_at_once_is_not_waited_for(void **state)
{
    struct harness *harness = *state;
    const struct store_port *port = batch_store_port(harness->store);
    const struct job_key key = {slice_of("acme"), slice_of("none")};
    const struct stored_row *rows;
    enum store_state store_state;
    size_t count;
    struct err err;

    struct pollfd socket = {.events = POLLIN};
    bool wants_write;

    answers_come_at_once = true;
    assert_int_equal(port->read_rows(port->self, &key, 1, false, &err), DONE);
    answers_come_at_once = false;
    socket.fd = batch_store_socket(harness->store, &wants_write);
    if (wants_write)
        socket.events |= POLLOUT;
    assert_int_equal(poll(&socket, 1, 5000), 1);
    assert_int_equal(harness_drive(harness->store, &store_state, &rows, &count, &err), DONE);
    assert_int_equal(store_state, STORE_ROWS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_answer_that_comes_at_once_is_not_waited_for,
                                        harness_open, harness_close),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
