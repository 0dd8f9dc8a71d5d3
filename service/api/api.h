// SPDX-License-Identifier: Apache-2.0
// From a request to its answer: route, viewer, rate, freshness, handler, and what every answer has.
#pragma once

#include "view/reader_link.h"
#include "view/visit.h"

enum api_outcome {
    API_ANSWERED,
    API_WAITS, // ask again after a moment, with the times set anew
};

// target and the method's name as they were sent; headers and body of the request are set, and the
// visit's times. May wait for PostgreSQL and for the key set, within their limits.
enum api_outcome api_answer(const struct api *api, struct reader_link *link, struct visit *visit,
                            struct slice target);
// An answer that has nothing to do with who asks: what the server says for itself.
void api_refuse(const struct api *api, struct visit *visit, enum problem problem,
                const char *detail);
