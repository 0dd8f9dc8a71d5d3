// SPDX-License-Identifier: Apache-2.0
// Retention: one thread that moves the horizons and lets ended jobs leave PostgreSQL, a few at a
// time with a rest between, so that nobody notices. Of all processes of a database one does it;
// another takes over when its session is gone. Where no job is to leave it only forgets digests of
// erased members whose time is over, and holds no session between.
//
// Each step is a transaction, and a process may die between any two: the next pass goes on. Nothing
// leaves before all that was judged by earlier horizons is committed or refused.
#pragma once

#include "serve/process/process.h"

struct retention_part;

// RETRY without memory or descriptors.
int retention_part_new(struct process *process, struct retention_part **out, struct err *err);
// RETRY without a thread. Whatever else fails later is waited out.
int retention_part_start(struct retention_part *part, struct err *err);
// Asks it to begin nothing more. Accepts NULL.
void retention_part_finish(struct retention_part *part);
// Waits for its end and frees it. Accepts NULL.
void retention_part_free(struct retention_part *part);
