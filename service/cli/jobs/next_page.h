// SPDX-License-Identifier: Apache-2.0
// Where a list that is answered page by page goes on.
#pragma once

#include <jansson.h>

// The query of the page's link to the next one, which the page owns; NULL: it is the last. Of the
// link only the query is taken: the token goes to no address but the one that was set.
const char *next_page_query(const json_t *page);
