// SPDX-License-Identifier: Apache-2.0
// What an answer holds: binary values of a result, one at a time.
#pragma once

#include <libpq-fe.h>

#include "base/slice.h"
#include "base/time_us.h"
#include "base/uuid.h"

// A value that is null or not of that size is 0, or absent.
int32_t value_int4(const PGresult *result, int row, int column);
int64_t value_int8(const PGresult *result, int row, int column);
bool value_bool(const PGresult *result, int row, int column);
struct slice value_bytes(const PGresult *result, int row, int column);
// All zero for null.
struct uuid value_uuid(const PGresult *result, int row, int column);
// TIME_NONE for null.
int64_t value_time(const PGresult *result, int row, int column);
