// SPDX-License-Identifier: Apache-2.0
// A connection of a thread of the service: migrations checked, limits set, statements prepared.
#pragma once

#include <libpq-fe.h>

#include "store/connection/connection_options.h"

// Blocks up to connect_timeout_ms a step. prepared: names of queries, NULL-terminated. NULL with
// err filled as store_connect has it.
PGconn *session_open(const struct connection_options *options, const char *const *prepared,
                     struct err *err);
