// SPDX-License-Identifier: Apache-2.0
// The rows of a batch as statements, each a chunk bounded in rows and bytes: updates of the known
// ones, then inserts of the others.
#pragma once

#include "core/ports.h"
#include "store/connection/exchange.h"

bool row_query(const struct row_write *rows, size_t count, struct exchange *exchange) MUST_CHECK;
