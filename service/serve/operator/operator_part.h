// SPDX-License-Identifier: Apache-2.0
// The operators' listener (operator.listen): dead letters of all organisations, as JSON and as a
// page. Off unless it is configured, and never without credentials of its own: no token of a member
// opens it, whatever their role. What is done is logged with who did it.
#pragma once

#include "serve/process/process.h"

struct operator_part;

// Binds and starts its thread. FATAL for credentials that cannot be had or an address that cannot
// be bound; RETRY without memory or a thread.
int operator_part_start(const struct config *config, struct operator_part **out, struct err *err);
uint16_t operator_part_port(const struct operator_part *part);
// Closes the listener and waits for its thread. Accepts NULL.
void operator_part_stop(struct operator_part *part);
