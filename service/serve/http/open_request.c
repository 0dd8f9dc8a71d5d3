// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE // memmem
#include "serve/http/open_request.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "live/subscriber.h"

enum { HEADERS_MAX = 100, STREAM_BLOCK_BYTES = 1024 };

struct open_request *open_request_new(struct MHD_Connection *mhd, const char *target)
{
    struct open_request *open = calloc(1, sizeof *open);

    if (!open)
        return NULL;
    open->mhd = mhd;
    open->began_us = clock_monotonic_us();
    visit_init(&open->visit);
    open->visit.asks_turn = true;
    buffer_init(&open->target);
    buffer_init(&open->body);
    arena_init(&open->arena);
    buffer_append_text(&open->target, target);
    if (!open->target.failed)
        return open;
    open_request_free(open);
    return NULL;
}

void open_request_free(struct open_request *open)
{
    if (!open)
        return;
    subscriber_free(open->visit.subscriber);
    visit_free(&open->visit);
    buffer_free(&open->target);
    buffer_free(&open->body);
    arena_reset(&open->arena);
    free(open);
}

static enum MHD_Result take_header(void *self, enum MHD_ValueKind kind, const char *name,
                                   size_t name_size, const char *value, size_t value_size)
{
    struct request *request = self;
    struct named_text *header = (struct named_text *)&request->headers[request->header_count++];

    (void)kind;
    header->name = (struct slice){name, name_size};
    header->value = value ? (struct slice){value, value_size} : SLICE_LITERAL("");
    return MHD_YES;
}

void open_request_read_headers(struct open_request *open, const char *method)
{
    struct request *request = &open->visit.request;
    struct slice length;
    int64_t size = 0;

    open->has_headers = true;
    request->method = request_method(method);
    // What a proxy says of the client may be the last of them.
    open->has_too_many_headers =
        MHD_get_connection_values_n(open->mhd, MHD_HEADER_KIND, NULL, NULL) > HEADERS_MAX;
    if (open->has_too_many_headers)
        return;
    request->headers = arena_alloc(&open->arena, HEADERS_MAX * sizeof *request->headers);
    if (!request->headers) {
        open->visit.response.failed = true;
        return;
    }
    MHD_get_connection_values_n(open->mhd, MHD_HEADER_KIND, take_header, request);
    length = request_header(request, "Content-Length");
    for (size_t i = 0; i < length.size && size <= BODY_MAX_BYTES; i++)
        size = size * 10 + (length.data[i] - '0'); // the library has refused all but digits
    open->is_too_large = size > BODY_MAX_BYTES;
}

void open_request_read_body(struct open_request *open, const char *bytes, size_t size)
{
    if (open->body.size + size > BODY_MAX_BYTES)
        open->is_too_large = true;
    if (open->is_too_large)
        return;
    buffer_append(&open->body, bytes, size);
    if (open->body.failed)
        open->visit.response.failed = true;
}

void open_request_claims(const struct open_request *open, struct slice *organization_id,
                         struct slice *claim)
{
    static const char before[] = "/organizations/";
    const char *end = open->target.data + open->target.size;
    const char *at = memmem(open->target.data, open->target.size, before, sizeof before - 1);
    size_t size = 0;

    at = at ? at + sizeof before - 1 : end;
    while (at + size < end && at[size] != '/' && at[size] != '?')
        size++;
    *organization_id = (struct slice){at, size};
    *claim = request_header(&open->visit.request, "Authorization");
    if (slice_is_null(*claim))
        *claim = SLICE_LITERAL("");
}

void open_request_slim(struct open_request *open)
{
    response_free(&open->visit.response);
    arena_reset(&open->visit.arena);
    buffer_free(&open->target);
    buffer_free(&open->body);
    arena_reset(&open->arena);
}

static struct MHD_Response *make(struct visit *visit)
{
    struct buffer *body = &visit->response.body;
    struct MHD_Response *response;

    if (visit->subscriber)
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK_BYTES,
                                                 subscriber_read, visit->subscriber, NULL);
    if (!body->size)
        return MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT);
    response = MHD_create_response_from_buffer(body->size, body->data, MHD_RESPMEM_MUST_FREE);
    if (response)
        buffer_init(body); // it is the library's now
    return response;
}

static bool add_headers(struct MHD_Response *out, const struct response *from)
{
    if (from->media_type && !MHD_add_response_header(out, "Content-Type", from->media_type))
        return false;
    for (size_t i = 0; i < from->header_count; i++)
        if (from->headers[i].value.size &&
            !MHD_add_response_header(out, from->headers[i].name.data, from->headers[i].value.data))
            return false;
    return true;
}

enum MHD_Result open_request_send(struct open_request *open)
{
    struct response *response = &open->visit.response;
    struct MHD_Response *out;
    enum MHD_Result result = MHD_NO;

    if (response_has_failed(response))
        return MHD_NO;
    out = make(&open->visit);
    if (!out)
        return MHD_NO;
    if (add_headers(out, response))
        result = MHD_queue_response(open->mhd, (unsigned)response->status, out);
    MHD_destroy_response(out);
    return result;
}
