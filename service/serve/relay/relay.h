// SPDX-License-Identifier: Apache-2.0
// The relay: one thread that publishes what the outbox in PostgreSQL holds, commands first, then
// decisions, then dead letters, and marks what the brokers acknowledged. Of all the relays of a
// database one works at a time; another takes over when its session is gone. It is woken by the
// commit that fills the outbox, and looks once a second all the same.
//
// A message may go out more than once, always the same byte for byte: what was published and not
// marked when a process or connection died is published again.
#pragma once

#include "serve/process/process.h"

struct relay;

// After the other parts of the process were made: what they need is what it looks after. RETRY
// without memory or descriptors.
int relay_new(struct process *process, struct relay **out, struct err *err);
// RETRY without a thread. Whatever else fails later is waited out, but for what is FATAL
// (process_fail): a database that is not migrated, a property that librdkafka does not take.
int relay_start(struct relay *relay, struct err *err);
// The topics are there, nobody keeps the lock from the relays, and what is sent is acknowledged; if
// not, appends why. Any thread.
bool relay_is_ready(const struct relay *relay, struct buffer *reasons);
// Asks it to publish nothing more, to wait shortly for what is under way, and end. Accepts NULL.
void relay_finish(struct relay *relay);
// Waits for its end and frees it. Accepts NULL.
void relay_free(struct relay *relay);
