// SPDX-License-Identifier: Apache-2.0
// An answer before it goes out: status, headers, body. A failure of memory anywhere in it is
// remembered, so that one asks once. Pure; what is put into it is copied.
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
    bool failed; // ran out of memory: worth nothing
};

void response_init(struct response *response);
void response_free(struct response *response);
// Forgets what is in it.
void response_clear(struct response *response);
// A header beside Content-Type, Content-Length and what every answer has. Bytes that have no place
// in a header are left out of the value.
void response_header(struct response *response, const char *name, const char *format, ...)
    PRINTF_LIKE(3, 4);
bool response_has_failed(const struct response *response);

// As the asker wants it, once it is complete: 304 for what they have, gzip if they take it and it
// is worth it. The ETag is a hash of the body.
void response_negotiate(struct response *response, const struct request *request);
