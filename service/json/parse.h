// SPDX-License-Identifier: Apache-2.0
// Text to JSON, strictly, with one thing more than jansson says: whether it failed for want of
// memory. jansson reports that as a syntax error, or even succeeds with a text cut short, and
// verdicts are kept or acted upon.
// The first call sets jansson's allocators for the process, to ones that are malloc and free.
#pragma once

#include <jansson.h>

#include "base/slice.h"

// Refuses duplicate members and U+0000. A new reference; NULL: *no_memory, or error says what is
// wrong with the text. Thread-safe.
json_t *json_parse(struct slice text, json_error_t *error, bool *no_memory);

// For what jansson does elsewhere, or inside another library: between the two calls, in the same
// thread, did one of its allocations fail? json_parse begins a watch of its own.
void json_memory_watch(void);
bool json_memory_ran_out(void);
