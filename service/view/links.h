// SPDX-License-Identifier: Apache-2.0
// The links of a body, and the addresses in them. To be used while a body is built
// (http/json_build.h).
#pragma once

#include "http/json_build.h"
#include "view/visit.h"

struct link {
    const char *rel, *type, *title; // title may be NULL
    // The address: /organizations/ID, then the tail (a constant), each id encoded where it has a
    // star.
    const char *tail;
    struct slice ids[ROUTE_IDS_MAX];
};

// Appends to the array.
void link_add(json_t *links, const struct api *api, const struct visit *visit,
              const struct link *link);
// The address alone, into out.
void link_address(struct buffer *out, const struct api *api, const struct visit *visit,
                  const char *tail, const struct slice *ids);
// A link of JSON with an address that the caller made.
void link_add_address(json_t *links, const char *rel, const struct buffer *address);
