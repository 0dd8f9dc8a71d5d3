// SPDX-License-Identifier: Apache-2.0
// Whether a server is one that we work with: which versions of PostgreSQL, and which encoding.
#pragma once

#include <libpq-fe.h>

#include "base/err.h"

// DONE; FATAL with reason SERVER_VERSION or SERVER_ENCODING, and what to do.
int server_check(const PGconn *connection, struct err *err);
