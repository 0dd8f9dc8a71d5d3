// SPDX-License-Identifier: Apache-2.0
// The HTTP API as a part of `serve`: makes what it stands on (key set, rate, ledgers), and starts
// its listener, whose threads serve/http/api_listener.h draws.
#pragma once

#include "base/buffer.h"
#include "base/err.h"

struct process;
struct http_part;

// DONE: it listens. FATAL for a wrong configuration or an address that cannot be bound; RETRY
// without memory or threads.
int http_part_start(struct process *process, struct http_part **out, struct err *err);
uint16_t http_part_port(const struct http_part *part);
// If not, appends why.
bool http_part_is_ready(const struct http_part *part, struct buffer *reasons);
// Answers what was asked before, and stops. Whether it is ready can still be asked. Accepts NULL.
void http_part_finish(struct http_part *part);
// Finishes first, if need be. Accepts NULL.
void http_part_free(struct http_part *part);
