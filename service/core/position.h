// SPDX-License-Identifier: Apache-2.0
// What a position remembers of the last record, so that a topic that was deleted and made again, or
// another cluster behind the same name, is noticed (design section 6).
#pragma once

#include <stdint.h>

#include "base/slice.h"

// FNV-1a, 64 bits, over timestamp, key and value; absent differs from empty. Kept in the database:
// never to be changed.
int64_t record_hash(int64_t timestamp_ms, struct slice key, struct slice value);
