// SPDX-License-Identifier: Apache-2.0
// Which headers of a record are secrets: credentials are looked at once and go nowhere else.
#pragma once

#include "base/slice.h"

// Whether this is the name of one, whatever its case.
bool header_is_secret(struct slice name);
