// SPDX-License-Identifier: Apache-2.0
// The definition of the API, in the two forms that cmake/definition.py makes of
// schemas/openapi.yaml. Its server is the landing page that it is asked of, so that its paths are
// those of OGC's standard.
#define _GNU_SOURCE // memmem
#include "api/definition.h"

#include <string.h>

#include "api/resources.h"
#include "base/embedded.h"
#include "embedded_definition.h"
#include "http/accept.h"
#include "view/links.h"

static const char server[] = "\"@LANDING_PAGE@\"";

static bool wants_json(const struct visit *visit)
{
    static const struct media_type json[] = {
        {"application/json", "application/*", "charset=utf-8"},
        {"application/vnd.oai.openapi+json", "application/*", "version=3.0"},
        {"application/openapi+json", "application/*", "version=3.0"},
    };
    static const struct media_type yaml[] = {
        {"application/vnd.oai.openapi", "application/*", "version=3.1"},
        {"application/yaml", "application/*", "charset=utf-8"},
    };
    struct slice accept = request_header(&visit->request, "Accept");

    return visit->format == FORMAT_JSON ||
           accept_quality(accept, json, sizeof json / sizeof *json) >
               accept_quality(accept, yaml, sizeof yaml / sizeof *yaml);
}

// The landing page's address as a text of JSON, which is one of YAML too. What would end the text
// cannot stand in an address.
static void append_server(struct buffer *out, const struct api *api, const struct visit *visit)
{
    struct buffer address;

    buffer_init(&address);
    link_address(&address, api, visit, "", NULL);
    buffer_append_text(out, "\"");
    for (size_t i = 0; i < address.size; i++)
        if (address.data[i] == '"' || address.data[i] == '\\' ||
            (unsigned char)address.data[i] < ' ')
            buffer_append_format(out, "%%%02X", (unsigned)(unsigned char)address.data[i]);
        else
            buffer_append(out, address.data + i, 1);
    buffer_append_text(out, "\"");
    out->failed |= address.failed;
    buffer_free(&address);
}

int resource_api(const struct api *api, struct job_reader *reader, struct visit *visit,
                 struct err *err)
{
    bool is_json = wants_json(visit);
    struct response *response = &visit->response;
    struct slice text =
        embedded_slice(embedded_find(embedded_definition, embedded_definition_count,
                                     is_json ? "openapi-3.0.json" : "openapi.yaml"));
    const char *at = memmem(text.data, text.size, server, sizeof server - 1);
    size_t before = at ? (size_t)(at - text.data) : text.size;

    (void)reader, (void)err;
    visit->depends_on_accept = true;
    response->status = 200;
    response->may_revalidate = true;
    response->media_type = is_json ? DEFINITION_JSON : DEFINITION_YAML;
    buffer_append(&response->body, text.data, before);
    if (!at)
        return DONE;
    append_server(&response->body, api, visit);
    buffer_append(&response->body, at + sizeof server - 1, text.size - before - sizeof server + 1);
    return DONE;
}
