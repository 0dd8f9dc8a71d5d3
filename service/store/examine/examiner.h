// SPDX-License-Identifier: Apache-2.0
// Looks at the PostgreSQL that the service uses, and tells what it finds. The session is read only,
// so that nothing can be changed by it. Everything blocks, within the options' time limits. What is
// right and what is wrong is said by the queries of this room, or, where the service judges it too
// when it connects, by that very judgement (store/connection).
#pragma once

#include <stdint.h>

#include "base/finding.h"
#include "store/connection/connection_options.h"

struct examiner;

// Connects as a session that writes: errors as those of session_connect, but for the schema's.
int examiner_open(const struct connection_options *options, struct examiner **out, struct err *err);
// The same for a server of which only reading is asked.
int examiner_open_reading(const struct connection_options *options, struct examiner **out,
                          struct err *err);
// Accepts NULL.
void examiner_close(struct examiner *examiner);

// Each adds what it finds. An error: it could not be looked at, or stopped in between.

// Which server it is, and how it is reached.
int examine_server(struct examiner *examiner, struct findings *findings, struct err *err);
// Whether every migration that this binary knows is applied, and none besides.
int examine_schema(struct examiner *examiner, struct findings *findings, struct err *err);
// Whose the tables are, and whether we have their owner's rights.
int examine_owners(struct examiner *examiner, struct findings *findings, struct err *err);
// Grants, policies, triggers and the search_path of functions.
int examine_rights(struct examiner *examiner, struct findings *findings, struct err *err);
// Settings of the server that cost events, or sooner or later its speed.
int examine_settings(struct examiner *examiner, struct findings *findings, struct err *err);
// Whether there is room for so many connections.
int examine_connections(struct examiner *examiner, int needed, struct findings *findings,
                        struct err *err);
// Those that draw our ids, against their tables.
int examine_sequences(struct examiner *examiner, struct findings *findings, struct err *err);
// What holds vacuum back: transactions older than that, and prepared ones.
int examine_transactions(struct examiner *examiner, int old_after_s, struct findings *findings,
                         struct err *err);
// What holds WAL back.
int examine_slots(struct examiner *examiner, struct findings *findings, struct err *err);
// What the disk holds, as far as SQL tells.
int examine_space(struct examiner *examiner, struct findings *findings, struct err *err);
// What waits to be published, and dead letters.
int examine_outbox(struct examiner *examiner, struct findings *findings, struct err *err);
// Up to when ended jobs have left, and which is the oldest that is still there.
int examine_retention(struct examiner *examiner, struct findings *findings, struct err *err);
// A replica that is read.
int examine_replica(struct examiner *examiner, struct findings *findings, struct err *err);
// PostgreSQL's clock, and between which moments of ours it was asked.
int examine_clock(struct examiner *examiner, int64_t *database_us, int64_t *asked_us,
                  int64_t *answered_us, struct err *err);
// Of libpq, as 150005.
int examiner_library_version(void);
