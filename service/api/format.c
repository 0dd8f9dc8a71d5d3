// SPDX-License-Identifier: Apache-2.0
#include "api/format.h"

#include "http/accept.h"

static const char name[] = "f";

static enum asked_format format_named(struct slice value)
{
    if (slice_equal(value, SLICE_LITERAL("json")))
        return FORMAT_JSON;
    return slice_equal(value, SLICE_LITERAL("html")) ? FORMAT_HTML : FORMAT_UNKNOWN;
}

void format_read(struct visit *visit)
{
    struct request *request = &visit->request;
    size_t kept = 0;

    visit->format = FORMAT_OF_ACCEPT;
    for (size_t i = 0; i < request->parameter_count; i++)
        if (!slice_equal(request->parameters[i].name, slice_of(name)))
            request->parameters[kept++] = request->parameters[i];
        else if (visit->format != FORMAT_OF_ACCEPT)
            visit->format = FORMAT_TWICE;
        else
            visit->format = format_named(request->parameters[i].value);
    request->parameter_count = kept;
}

bool format_is_html(const struct visit *visit)
{
    if (visit->format == FORMAT_OF_ACCEPT)
        return accept_prefers_html(request_header(&visit->request, "Accept"));
    return visit->format == FORMAT_HTML;
}

bool format_check(const struct api *api, struct visit *visit, bool is_landing)
{
    if (visit->format == FORMAT_OF_ACCEPT || visit->format == FORMAT_JSON)
        return true;
    visit_bad_parameter(visit, visit->format == FORMAT_TWICE ? PARAMETER_TWICE : PARAMETER_VALUE,
                        slice_of(name), is_landing && api->page ? "json or html" : "json");
    return false;
}
