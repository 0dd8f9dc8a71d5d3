// SPDX-License-Identifier: Apache-2.0
// JSON to text, whole or not at all: jansson may succeed with a text cut short for want of memory.
#pragma once

#include <jansson.h>

#include "base/err.h"
#include "base/slice.h"

// flags as for json_dumps. malloc'ed; NULL without memory.
char *json_text(const json_t *json, size_t flags);
// Prints the object, which it takes, as a line that is seen at once. RETRY without memory: the
// object may be NULL for want of it.
int json_print_line(json_t *object, struct err *err);
// A text of others as JSON: absent is null, and what is not UTF-8 is shown with U+FFFD in its
// place. NULL without memory.
json_t *json_of_text(struct slice text);
