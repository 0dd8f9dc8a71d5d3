// SPDX-License-Identifier: Apache-2.0
// JSON to text, whole or not at all: jansson may succeed with a text cut short for want of memory.
#pragma once

#include <jansson.h>

#include "base/slice.h"

// flags as for json_dumps. malloc'ed; NULL without memory.
char *json_text(const json_t *json, size_t flags);
// A text of others as JSON: absent is null, and what is not UTF-8 is shown with U+FFFD in its
// place. NULL without memory.
json_t *json_of_text(struct slice text);
