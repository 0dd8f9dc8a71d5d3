// SPDX-License-Identifier: Apache-2.0
// One request between the listener's threads and the workers: what came in from libmicrohttpd, and
// the answer that goes back to it. Belongs to the listener's thread while its connection runs, and
// to a worker while that is suspended.
#pragma once

#include <microhttpd.h>

#include "api/api.h"
#include "http/connections.h"
#include "serve/http/work_list.h"

struct served {
    struct work_item item; // first, so that its address is the request's
    struct MHD_Connection *mhd;
    struct connection *connection; // borrowed; NULL without memory
    struct visit visit;
    struct buffer target, body;
    struct arena arena; // the list of headers
    bool has_headers, is_too_large, is_answered;
    int64_t began_us; // monotonic
};

// NULL without memory.
struct served *served_new(struct MHD_Connection *mhd, const char *target);
void served_free(struct served *served);
// Method and headers; and whether the body would be too large, as far as the headers say.
void served_read_headers(struct served *served, const char *method);
void served_read_body(struct served *served, const char *bytes, size_t size);
// Gives back what a stream does not need, which may last for hours.
void served_slim(struct served *served);
// Hands the answer to libmicrohttpd. MHD_NO: the connection is to be closed.
enum MHD_Result served_send(struct served *served);
