// SPDX-License-Identifier: Apache-2.0
// How the files of a link wait.
#pragma once

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

// By the monotonic clock; INT64_MAX for a timeout below 0.
int64_t link_deadline(int timeout_ms);
// False when the deadline passed first.
bool link_wait(const PGconn *connection, short events, int64_t deadline_us);
