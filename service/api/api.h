// SPDX-License-Identifier: Apache-2.0
// From a request to its answer: finds the route, identifies the viewer, holds them to their rate,
// waits for freshness, calls the handler, and adds the headers of every answer.
#pragma once

#include "view/reader_link.h"
#include "view/visit.h"

enum api_outcome {
    API_ANSWERED,
    API_WAITS,  // ask again after a moment, with the times set anew
    API_QUEUES, // it is known who asks, and they may: ask again when it is their turn
};

// target is as it was sent. The caller has set the method, headers and body of the request and the
// visit's times; and asks_turn, which is cleared with API_QUEUES: until then there is little work,
// and none for PostgreSQL. May wait for PostgreSQL and for the key set, within their time limits.
enum api_outcome api_answer(const struct api *api, struct reader_link *link, struct visit *visit,
                            struct slice target);
// An answer of the server itself, which needs neither route nor viewer.
void api_refuse(const struct api *api, struct visit *visit, enum problem problem,
                const char *detail);
