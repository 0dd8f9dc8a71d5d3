// SPDX-License-Identifier: Apache-2.0
// The long-running service: reads events from Kafka, projects them into PostgreSQL, decides cancel
// requests, and serves the HTTP API and the admin listener.
#pragma once

#include "serve/process/config.h"

// Runs until SIGTERM or SIGINT, which it takes over for good (the caller has no threads yet): then
// everything is stopped in order and it returns 0. A broker, registry or database that
// is gone ends nothing: it is waited for.
// FATAL: going on would harm; the text says what happened and what to do. RETRY: it could not even
// begin (memory, threads, the admin address).
//
// parts: which of them to run, SERVE_ bits.
enum serve_part { SERVE_PROJECT = 1, SERVE_CANCEL = 2, SERVE_HTTP = 4 };
int serve_run(const struct config *config, unsigned parts, struct err *err);
