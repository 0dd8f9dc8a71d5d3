// SPDX-License-Identifier: Apache-2.0
// The addresses that are asked for.
#include <string.h>

#include "cli/api/api_client_private.h"
#include "cli/session/issuer.h"

// As one segment of a path. What is ".", "..", or one of them behind tildes, has a tilde more
// there: schemas/openapi.yaml says why.
static void append_id(struct buffer *out, const char *id)
{
    const char *dots = id + strspn(id, "~");

    if (!strcmp(dots, ".") || !strcmp(dots, ".."))
        buffer_append_text(out, "~");
    fetch_append_escaped(out, id);
}

void api_query_add(struct buffer *query, const char *name, const char *value)
{
    form_add(query, name, value);
}

void api_write_path(struct buffer *out, const struct api_client *client,
                    const struct api_question *question)
{
    size_t id = 0;

    buffer_append_text(out, "/organizations/");
    append_id(out, client->organization);
    for (const char *at = question->path; *at; at++)
        if (*at == '*')
            append_id(out, question->ids[id++]);
        else
            buffer_append(out, at, 1);
}

void api_write_url(struct buffer *out, const struct api_client *client,
                   const struct api_question *question)
{
    struct slice url = slice_without_slashes(slice_of(client->settings.url));

    buffer_append(out, url.data, url.size);
    api_write_path(out, client, question);
    if (question->query && *question->query)
        buffer_append_format(out, "?%s", question->query);
    buffer_append(out, "", 1);
}
