// SPDX-License-Identifier: Apache-2.0
// Who is to blame when PostgreSQL refuses to write: the values of an event, which make one record
// a dead letter, or our own bookkeeping and what others did to our tables, which must cost none.
// It is told by table and constraint and by where it happened, not by the SQLSTATE: a full
// sequence, a check that somebody added and an event's impossible number are all in the same few
// classes, and a cast in somebody's trigger fails with the very code of a value that was sent.
#pragma once

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/err.h"

// What the SQLSTATE JT... is of which a unique constraint means the same: two writers met by it.
// NULL: it means none.
const char *blame_meeting(const PGresult *result);
// Whether a context, as PostgreSQL tells it with an error (NULL: none), is of a function that none
// of our migrations made: a trigger's, say.
bool blame_is_theirs(const char *context);
// Whether a failure is one of those that blame_refusal tells apart: what is refused, and whatever
// else fails in a function of somebody else's but for what the world does (locks, a full disk).
bool blame_is_needed(const PGresult *result, const char *sqlstate);
// Classifies such a failure. breaks_rules: one of the values, as it was sent, is such that a
// constraint of ours refuses it. Where none is, somebody changed one on its way, of which
// PostgreSQL tells nothing, or changed the constraint.
//   POISON  DATA_REFUSED, DATA_TOO_LARGE: the event's own values.
//   RETRY   SEQUENCE_BEHIND, SEQUENCE_EXHAUSTED: ids that we draw; *reconnect is set, since who
//           connects looks at the sequences (store/connection/sequences.h).
//   FATAL   SCHEMA_ALTERED: somebody's constraint, index, trigger, rule or column; the text names
//           it where PostgreSQL does, and the command that takes it away or finds it.
int blame_refusal(const PGresult *result, const char *sqlstate, bool breaks_rules, bool *reconnect,
                  struct err *err);
