// SPDX-License-Identifier: Apache-2.0
// What stands in front of /organizations in the links of an answer.
#pragma once

#include "view/visit.h"

// Of the visit's request: http.base-url; else what a trusted proxy says of the request that it
// hands on; else where the client itself connected to, if the request shows that no proxy is
// between. Empty where none of it is known: links are paths then. Borrowed from the API or the
// visit.
struct slice origin_of(const struct api *api, struct visit *visit);
