// SPDX-License-Identifier: Apache-2.0
#include "serve/http/served.h"

#include <stdlib.h>

#include "base/clock.h"
#include "live/subscriber.h"

enum { HEADERS_MAX = 100, STREAM_BLOCK_BYTES = 1024 };

struct served *served_new(struct MHD_Connection *mhd, const char *target)
{
    struct served *served = calloc(1, sizeof *served);

    if (!served)
        return NULL;
    served->mhd = mhd;
    served->began_us = clock_monotonic_us();
    visit_init(&served->visit);
    buffer_init(&served->target);
    buffer_init(&served->body);
    arena_init(&served->arena);
    buffer_append_text(&served->target, target);
    if (!served->target.failed)
        return served;
    served_free(served);
    return NULL;
}

void served_free(struct served *served)
{
    if (!served)
        return;
    subscriber_free(served->visit.subscriber);
    visit_free(&served->visit);
    buffer_free(&served->target);
    buffer_free(&served->body);
    arena_reset(&served->arena);
    free(served);
}

static enum MHD_Result take_header(void *self, enum MHD_ValueKind kind, const char *name,
                                   size_t name_size, const char *value, size_t value_size)
{
    struct request *request = self;
    struct named_text *header = (struct named_text *)&request->headers[request->header_count++];

    (void)kind;
    header->name = (struct slice){name, name_size};
    header->value = value ? (struct slice){value, value_size} : SLICE_LITERAL("");
    return request->header_count < HEADERS_MAX ? MHD_YES : MHD_NO;
}

void served_read_headers(struct served *served, const char *method)
{
    struct request *request = &served->visit.request;
    struct slice length;
    int64_t size = 0;

    served->has_headers = true;
    request->method = request_method(method);
    request->headers = arena_alloc(&served->arena, HEADERS_MAX * sizeof *request->headers);
    if (!request->headers) {
        served->visit.response.failed = true;
        return;
    }
    MHD_get_connection_values_n(served->mhd, MHD_HEADER_KIND, take_header, request);
    length = request_header(request, "Content-Length");
    for (size_t i = 0; i < length.size && size <= BODY_MAX_BYTES; i++)
        size = size * 10 + (length.data[i] - '0'); // the library has seen that it is a number
    served->is_too_large = size > BODY_MAX_BYTES;
}

void served_read_body(struct served *served, const char *bytes, size_t size)
{
    if (served->body.size + size > BODY_MAX_BYTES)
        served->is_too_large = true;
    if (served->is_too_large)
        return;
    buffer_append(&served->body, bytes, size);
    if (served->body.failed)
        served->visit.response.failed = true;
}

void served_slim(struct served *served)
{
    response_free(&served->visit.response);
    arena_reset(&served->visit.arena);
    buffer_free(&served->target);
    buffer_free(&served->body);
    arena_reset(&served->arena);
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

enum MHD_Result served_send(struct served *served)
{
    struct response *response = &served->visit.response;
    struct MHD_Response *out;
    enum MHD_Result result = MHD_NO;

    if (response_has_failed(response))
        return MHD_NO;
    out = make(&served->visit);
    if (!out)
        return MHD_NO;
    if (add_headers(out, response))
        result = MHD_queue_response(served->mhd, (unsigned)response->status, out);
    MHD_destroy_response(out);
    return result;
}
