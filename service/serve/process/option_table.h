// SPDX-License-Identifier: Apache-2.0
// The table of all options of jobtrail.
#pragma once

#include "base/options.h"

extern const struct options_table option_table;
