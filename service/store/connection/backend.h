// SPDX-License-Identifier: Apache-2.0
// Who is behind a connection that was just made. Looked at before anything is set, locked or
// prepared, so that nothing stays behind in a session which is not ours alone.
#pragma once

#include "store/connection/connection_options.h"
#include "store/connection/link.h"

// DONE. FATAL with reason POOLER: transactions of one connection go to several sessions of the
// server. writes: RETRY with reason READ_ONLY_SERVER where nothing can be written, or shall not be,
// and why. A role for which reading is the default is no such reason: then this session writes.
int backend_check(PGconn *connection, const struct connection_options *options, bool writes,
                  struct err *err);
// Whether a server that took writes takes none any more, as far as it has told with its answers.
bool backend_turned_read_only(const PGconn *connection);
