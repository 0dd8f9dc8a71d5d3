// SPDX-License-Identifier: Apache-2.0
// Whether bytes that nobody understands name somebody. Pure.
#pragma once

#include <stdbool.h>

#include "base/slice.h"

// Whether an id, of 1 to ID_MAX_BYTES bytes, stands there as a whole text as Avro writes one (its
// length before it) or as JSON does (in quotes, each character as it is or escaped: RFC 8259,
// section 7). JSON need not be well formed, and may stand in a text of JSON itself.
bool mentions(struct slice bytes, struct slice id);
