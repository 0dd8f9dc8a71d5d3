// SPDX-License-Identifier: Apache-2.0
#include "store/connection/exchange_wait.h"

#include <limits.h>
#include <poll.h>

#include "base/clock.h"

int exchange_wait(struct exchange *exchange, PGconn *connection, int64_t limit_ms, struct err *err)
{
    int64_t deadline_us = clock_monotonic_us() + limit_ms * 1000;
    bool done = false;
    int rc = exchange_begin(exchange, connection, err);

    while (!rc) {
        struct pollfd socket = {.fd = PQsocket(connection), .events = POLLIN};
        int64_t left_ms = (deadline_us - clock_monotonic_us()) / 1000;

        rc = exchange_advance(exchange, &done, err);
        if (rc || done)
            break;
        if (left_ms <= 0)
            return err_set(err, RETRY, "SERVER_SILENT", "PostgreSQL did not answer for %lld ms",
                           (long long)limit_ms);
        if (exchange->wants_write)
            socket.events |= POLLOUT;
        poll(&socket, 1, left_ms < INT_MAX ? (int)left_ms : INT_MAX);
    }
    return rc;
}
