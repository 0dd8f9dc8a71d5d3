// SPDX-License-Identifier: Apache-2.0
// What is behind struct projections; for the files of this folder alone.
#pragma once

#include <libpq-fe.h>

#include "store/connection/parameters.h"
#include "store/rebuild/projections.h"

struct projections {
    PGconn *connection;
    int transaction_timeout_ms; // of the swap
    struct parameters parameters;
};

// As link_ask, without a limit.
int projections_ask(struct projections *projections, const char *query,
                    struct parameters *parameters, PGresult **answer, struct err *err);
// The same of a question without parameters and answer.
int projections_do(struct projections *projections, const char *query, struct err *err);
// Two parameters: the key behind which a question begins.
void projections_add_behind(struct parameters *parameters, const struct own_key *behind);
