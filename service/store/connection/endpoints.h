// SPDX-License-Identifier: Apache-2.0
// The servers that a connection string names, one by one: libpq tries them in turn, but where it
// does not block it has no limit for each, so that one that hangs is never left.
#pragma once

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/err.h"

struct endpoint {
    char *host, *hostaddr, *port; // owned; hostaddr may be NULL
};

struct endpoints {
    struct endpoint *items; // owned
    size_t count;
    bool prefers_standby;   // target_session_attrs: any will do once none is a standby
    int connect_timeout_ms; // as the string has it; 0: it has none
};

// Those of a connection that was begun, in their order; a name with several addresses is as many.
// RETRY without memory; endpoints_free all the same.
int endpoints_of(PGconn *connection, struct endpoints *out, struct err *err);
void endpoints_free(struct endpoints *endpoints);
