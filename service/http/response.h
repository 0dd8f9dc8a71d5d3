// SPDX-License-Identifier: Apache-2.0
// An answer before it is sent: status, headers, body. It remembers that memory ran out, so that one
// need ask only once, at the end. Pure; what is put into it is copied.
#pragma once

#include "base/buffer.h"
#include "http/request.h"

enum { RESPONSE_HEADERS_MAX = 24 };

struct response {
    int status;
    const char *media_type; // a constant; NULL: no body
    bool is_complete;       // has all its headers, and its body as the asker takes it
    bool may_revalidate;    // gets an ETag, and is 304 to who has it
    struct buffer body;
    struct named_text headers[RESPONSE_HEADERS_MAX]; // NUL-terminated, in the arena
    size_t header_count;
    struct arena arena;
    bool failed; // memory ran out: the answer cannot be sent
};

void response_init(struct response *response);
void response_free(struct response *response);
// Forgets what is in it.
void response_clear(struct response *response);
// Adds a header, other than Content-Type and Content-Length. Bytes that a header cannot have are
// left out of the value.
void response_header(struct response *response, const char *name, const char *format, ...)
    PRINTF_LIKE(3, 4);
bool response_has_failed(const struct response *response);

// Gives an answer that is otherwise complete the form that the request asks for: 304 if the client
// has the body already, gzip if it takes that and the body is large enough. The ETag is a hash of
// the body.
void response_negotiate(struct response *response, const struct request *request);
