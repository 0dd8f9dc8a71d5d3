// SPDX-License-Identifier: Apache-2.0
// The threads that answer requests, each with a connection to the read model of its own.
#pragma once

#include "serve/http/server.h"

struct workers;
struct served;

// RETRY without memory or threads.
int workers_start(const struct server_options *options, struct workers **out, struct err *err);
// The connection of the request is suspended, and resumed when the answer is made. False: we are
// leaving, and it stays the caller's.
bool workers_take_on(struct workers *workers, struct served *served);
// Whether any of them reaches the read model.
bool workers_are_ready(const struct workers *workers);
// Nothing more is taken on; returns when all is answered. May be called twice. Accepts NULL.
void workers_finish(struct workers *workers);
// Finishes first.
void workers_free(struct workers *workers);
