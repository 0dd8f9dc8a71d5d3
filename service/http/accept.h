// SPDX-License-Identifier: Apache-2.0
// Which of two representations somebody would rather have (RFC 9110, section 12.5.1). Pure.
#pragma once

#include <stdbool.h>

#include "base/slice.h"

// Whether the value of an Accept (null: there is none) ranks text/html above application/json. A
// client that takes both alike, as curl does by */*, gets JSON. Ranges that are malformed are
// ignored.
bool accept_prefers_html(struct slice accept);
