// SPDX-License-Identifier: Apache-2.0
// How a connection to PostgreSQL is made. All that ask PostgreSQL take these.
#pragma once

#include <stdbool.h>

#include "base/err.h"

// The schema of the projection that everybody reads.
#define LIVE_PROJECTION "jobtrail_p1"

struct connection_options {
    const char *conninfo;         // libpq's; strings are copied by whoever keeps them
    const char *application_name; // seen in pg_stat_activity
    const char *owner;            // who we are, kept in source_position.owner
    int connect_timeout_ms, statement_timeout_ms, transaction_timeout_ms;
    // The schema of a projection that is written beside the live one, of as many characters as
    // LIVE_PROJECTION; NULL: the live one.
    const char *projection;
    bool only_looks; // nothing is changed, not even what a session mends when it is opened
    // Told on the thread that connects, whenever a connection was made that is not its owner's
    // first. May be NULL.
    void (*reconnected)(void *observer);
    void *observer;
};

// Options that outlive the caller's, with copies of their strings; those that are NULL become
// empty, but for projection, which must live for ever. False without memory;
// connection_options_free all the same.
bool connection_options_copy(struct connection_options *own,
                             const struct connection_options *options) MUST_CHECK;
// Of what connection_options_copy filled, or of zeros.
void connection_options_free(struct connection_options *own);
// What to log of a failure to connect: so that nobody looks for a network that is there.
const char *connection_failure_message(const struct err *err);
