// SPDX-License-Identifier: Apache-2.0
// Moves positions, each from where it must still stand.
#pragma once

#include "core/ports.h"
#include "store/connection/exchange.h"

// query: positions_move or cancel_positions_move, a constant. Nothing is queued for no moves. False
// without memory.
bool position_moves_query(const char *query, const struct position_move *moves, size_t count,
                          const char *owner, struct exchange *exchange) MUST_CHECK;
