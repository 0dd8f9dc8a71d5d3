// SPDX-License-Identifier: Apache-2.0
// Which of two representations somebody would rather have (RFC 9110, section 12.5.1). Pure.
#pragma once

#include <stdbool.h>

#include "base/slice.h"

// Whether the value of an Accept (null: there is none) ranks text/html above application/json. Who
// takes both alike, as curl does by */*, gets JSON. What cannot be read in it counts for nothing.
bool accept_prefers_html(struct slice accept);
