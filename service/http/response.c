// SPDX-License-Identifier: Apache-2.0
#include "http/response.h"

#include <stdarg.h>
#include <stdio.h>

#include "http/encoding.h"
#include "http/entity_tag.h"

enum { HEADER_VALUE_SIZE = 12 * 1024 };

void response_init(struct response *response)
{
    *response = (struct response){.status = 500};
    buffer_init(&response->body);
    arena_init(&response->arena);
}

void response_free(struct response *response)
{
    buffer_free(&response->body);
    arena_reset(&response->arena);
}

void response_clear(struct response *response)
{
    response_free(response);
    response_init(response);
}

// Leaves out control characters: a value that ends the header's line could add headers of its own.
static size_t keep_printable(char *value)
{
    size_t kept = 0;

    for (size_t i = 0; value[i]; i++)
        if ((unsigned char)value[i] >= ' ' && (unsigned char)value[i] < 0x7f)
            value[kept++] = value[i];
    value[kept] = '\0';
    return kept;
}

void response_header(struct response *response, const char *name, const char *format, ...)
{
    char value[HEADER_VALUE_SIZE];
    struct named_text *header = &response->headers[response->header_count];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    if (response->header_count == RESPONSE_HEADERS_MAX ||
        !arena_copy(&response->arena, slice_of(name), &header->name) ||
        !arena_copy(&response->arena, (struct slice){value, keep_printable(value)}, &header->value))
        response->failed = true;
    else
        response->header_count++;
}

bool response_has_failed(const struct response *response)
{
    return response->failed || response->body.failed;
}

void response_negotiate(struct response *response, const struct request *request)
{
    char tag[ENTITY_TAG_SIZE];
    bool compressed;

    if (response_has_failed(response) || !response->media_type)
        return;
    if (response->may_revalidate && response->status == 200) {
        entity_tag(buffer_slice(&response->body), tag);
        response_header(response, "ETag", "%s", tag);
        if (entity_tag_matches(request_header(request, "If-None-Match"), tag)) {
            response->status = 304;
            response->media_type = NULL;
            buffer_clear(&response->body);
            return;
        }
    }
    if (response->body.size <= ENCODING_WORTH_BYTES ||
        !encoding_takes_gzip(request_header(request, "Accept-Encoding")))
        return;
    compressed = encoding_gzip(&response->body, ENCODING_QUICK);
    if (compressed)
        response_header(response, "Content-Encoding", "gzip");
}
