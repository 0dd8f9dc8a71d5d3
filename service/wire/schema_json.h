// SPDX-License-Identifier: Apache-2.0
// The text of a schema to JSON, with one thing more than jansson says: whether it was for want of
// memory. jansson reports that as a syntax error, or even succeeds with a text cut short, and a
// verdict on a schema is kept.
// The first call sets jansson's allocators for the process, to ones that are malloc and free.
#pragma once

#include <jansson.h>

#include "base/slice.h"

// A new reference; NULL: *no_memory, or error says what is wrong with the text. Thread-safe.
json_t *schema_json(struct slice text, json_error_t *error, bool *no_memory);
