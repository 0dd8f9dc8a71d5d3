// SPDX-License-Identifier: Apache-2.0
// A request that is not answered yet, between the listener's threads and the API's: what came in
// from libmicrohttpd, and the answer that goes back to it. Belongs to the listener's thread while
// its connection runs, and to an API thread while that is suspended.
#pragma once

#include <microhttpd.h>

#include "api/api.h"
#include "http/connections.h"
#include "serve/http/address_share.h"
#include "serve/http/work_list.h"

struct open_request {
    struct work_item item; // first, so that its address is the request's
    struct MHD_Connection *mhd;
    struct connection *connection; // borrowed; NULL without memory
    struct visit visit;
    struct buffer target, body;
    struct arena arena; // the list of headers
    bool has_headers, has_too_many_headers, is_too_large, is_answered;
    struct address_claim claim; // of the client for whom a proxy asks
    size_t held_bytes;          // of the answer, taken from the API's share; 0: none
    int64_t began_us;           // monotonic
};

// NULL without memory.
struct open_request *open_request_new(struct MHD_Connection *mhd, const char *target);
void open_request_free(struct open_request *open);
// Takes over method and headers, and notes whether there are too many of these, of which it takes
// none then, and whether they announce a body that is too large.
void open_request_read_headers(struct open_request *open, const char *method);
void open_request_read_body(struct open_request *open, const char *bytes, size_t size);
// Who asks by what they say, which nobody has looked into: the organisation of the path as it was
// written, and the credentials; either may be empty. Borrowed.
void open_request_claims(const struct open_request *open, struct slice *organization_id,
                         struct slice *claim);
// Frees what a stream, which may last for hours, does not need.
void open_request_slim(struct open_request *open);
// Hands the answer to libmicrohttpd. MHD_NO: the connection is to be closed.
enum MHD_Result open_request_send(struct open_request *open);
