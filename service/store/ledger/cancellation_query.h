// SPDX-License-Identifier: Apache-2.0
// What the queries cancellations_list, _show and _since answer: they have the same columns.
#pragma once

#include <libpq-fe.h>

#include "store/ledger/cancellations.h"

// Its slices live as long as the answer.
struct kept_cancellation cancellation_query_read(const PGresult *answer, int row);
