// SPDX-License-Identifier: Apache-2.0
// Whether two rows look the same to those who read them.
#pragma once

#include "core/row.h"

// All columns but the packed ones, byte for byte.
bool same_columns(const struct job_columns *a, const struct job_columns *b);
