// SPDX-License-Identifier: Apache-2.0
// Which of several representations somebody would rather have (RFC 9110, section 12.5.1). Pure.
#pragma once

#include <stdbool.h>

#include "base/slice.h"

struct media_type {
    const char *name, *any_subtype; // "text/html", "text/*"
    const char *parameter;          // the one that it has; NULL: none
};

// How much the value of an Accept (null: there is none, and then 0) wants one of these names of a
// representation, in thousandths. Ranges that are malformed are ignored.
int accept_quality(struct slice accept, const struct media_type *names, size_t count);
// Whether it ranks text/html above application/json. A client that takes both alike, as curl does
// by */*, gets JSON.
bool accept_prefers_html(struct slice accept);
