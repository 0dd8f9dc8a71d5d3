// SPDX-License-Identifier: Apache-2.0
// Who is to blame when PostgreSQL refuses to write: the values of an event, which make one record
// a dead letter, or our own bookkeeping and what others did to our tables, which must cost none.
// It is told by table and constraint, not by the class of the SQLSTATE: a full sequence, a check
// that somebody added and an event's impossible number are all in the same few classes.
#pragma once

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/err.h"

// What the SQLSTATE JT... is of which a unique constraint means the same: two writers met by it.
// NULL: it means none.
const char *blame_meeting(const PGresult *result);
// Whether a code is one of those that blame_refusal tells apart.
bool blame_is_needed(const char *sqlstate);
// Classifies such a failure:
//   POISON  DATA_REFUSED, DATA_TOO_LARGE: the event's own values.
//   RETRY   SEQUENCE_BEHIND, SEQUENCE_EXHAUSTED: ids that we draw; *reconnect is set, since who
//           connects looks at the sequences (store/connection/sequences.h).
//   FATAL   SCHEMA_ALTERED: somebody's constraint, index, trigger or column; the text names it, and
//           the command that takes it away.
int blame_refusal(const PGresult *result, const char *sqlstate, bool *reconnect, struct err *err);
