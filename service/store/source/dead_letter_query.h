// SPDX-License-Identifier: Apache-2.0
// Writes one dead letter, with its bytes and headers as they came.
#pragma once

#include "core/ports.h"
#include "store/connection/exchange.h"

// Adds $1 to $11 of dead_letter_add.sql.
void dead_letter_parameters(const struct dead_letter *letter, struct parameters *out);
bool dead_letter_query(const struct dead_letter *letter, struct exchange *exchange) MUST_CHECK;
