// SPDX-License-Identifier: Apache-2.0
// The parameters and the answer of position_load.sql and position_create.sql, and of their twins
// for cancel requests.
#pragma once

#include <libpq-fe.h>

#include "core/ports.h"
#include "store/connection/parameters.h"

// Both initialise the parameters; the caller frees them.
void position_query_load(struct parameters *out, const struct source *source);
void position_query_create(struct parameters *out, const struct source *source,
                           const struct source_position *position, const char *cluster_id,
                           const char *owner);
// rc: what asking returned, handed on. *found, *position and *cluster_id as
// batch_store_position_load.
int position_query_loaded(int rc, const PGresult *answer, bool *found,
                          struct source_position *position, char **cluster_id, struct err *err);
