// SPDX-License-Identifier: Apache-2.0
#include "view/links.h"

void link_address(struct buffer *out, const struct api *api, const struct visit *visit,
                  const char *tail, const struct slice *ids)
{
    struct slice origin = slice_is_null(visit->origin) ? slice_of(api->base_url) : visit->origin;
    bool in_query = false;

    buffer_append(out, origin.data, origin.size);
    buffer_append_text(out, "/organizations/");
    request_encode_id(out, visit->organization_id);
    for (; *tail; tail++) {
        in_query |= *tail == '?';
        if (*tail != '*')
            buffer_append(out, tail, 1);
        else if (in_query)
            request_encode(out, *ids++);
        else
            request_encode_id(out, *ids++);
    }
}

static json_t *make(const char *rel, const char *type, const char *title,
                    const struct buffer *address)
{
    json_t *json = json_object();

    if (address->failed)
        json_build_fail();
    put_text(json, "href", buffer_slice(address));
    put_text(json, "rel", slice_of(rel));
    put_text(json, "type", slice_of(type));
    put_text(json, "title", slice_of(title));
    return json;
}

void link_add(json_t *links, const struct api *api, const struct visit *visit,
              const struct link *link)
{
    struct buffer address;

    buffer_init(&address);
    link_address(&address, api, visit, link->tail, link->ids);
    json_array_append_new(links, make(link->rel, link->type, link->title, &address));
    buffer_free(&address);
}

void link_add_address(json_t *links, const char *rel, const struct buffer *address)
{
    json_array_append_new(links, make(rel, "application/json", NULL, address));
}
