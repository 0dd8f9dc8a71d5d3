// SPDX-License-Identifier: Apache-2.0
// JSON to text, whole or not at all: jansson may succeed with a text cut short for want of memory.
#pragma once

#include <jansson.h>

// flags as for json_dumps. malloc'ed; NULL without memory.
char *json_text(const json_t *json, size_t flags);
