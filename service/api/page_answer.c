// SPDX-License-Identifier: Apache-2.0
#include "api/page_answer.h"

#include "api/format.h"
#include "api/routes.h"
#include "http/encoding.h"
#include "page/page_files.h"

static void add_headers(const struct page_files *files, const struct page_file *file,
                        bool is_lasting, struct visit *visit)
{
    struct response *response = &visit->response;

    response_header(response, "ETag", "%s", file->tag);
    response_header(response, "Cache-Control",
                    is_lasting ? "public, max-age=31536000, immutable" : "no-cache");
    response_header(response, "Vary", "%sAccept-Encoding",
                    visit->depends_on_accept ? "Accept, " : "");
    response_header(response, "X-Content-Type-Options", "nosniff");
    response_header(response, "Content-Security-Policy", "%s", files->policy.data);
    response_header(response, "Referrer-Policy", "no-referrer");
    response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
    response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
}

static void answer_file(const struct page_files *files, const struct page_file *file,
                        bool is_lasting, struct visit *visit)
{
    struct response *response = &visit->response;
    struct slice body = file->plain;

    response->is_complete = true;
    add_headers(files, file, is_lasting, visit);
    if (entity_tag_matches(request_header(&visit->request, "If-None-Match"), file->tag)) {
        response->status = 304;
        return;
    }
    response->status = 200;
    response->media_type = file->media_type;
    if (file->compressed.size &&
        encoding_takes_gzip(request_header(&visit->request, "Accept-Encoding"))) {
        body = buffer_slice(&file->compressed);
        response_header(response, "Content-Encoding", "gzip");
    }
    buffer_append(&response->body, body.data, body.size);
}

static bool is_version(struct slice text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < text.size; i++)
        if (!text.data[i] || !strchr(digits, text.data[i]))
            return false;
    return text.size == PAGE_VERSION_SIZE - 1;
}

// "page", maybe a version, and a name.
static bool is_about_file(const struct request *request)
{
    size_t count = request->segment_count;

    return (count == 2 || (count == 3 && is_version(request->segments[1]))) &&
           slice_equal(request->segments[0], SLICE_LITERAL("page"));
}

// While two versions of the service run side by side, one may be asked for a file of the other: it
// answers with its own file, which the browser must not keep.
static void answer_named(const struct api *api, struct visit *visit)
{
    const struct request *request = &visit->request;
    const struct page_file *file =
        page_files_find(api->page, request->segments[request->segment_count - 1]);
    bool is_lasting = request->segment_count == 3 &&
                      slice_equal(request->segments[1], slice_of(api->page->version));

    visit->route = ROUTE_PAGE;
    if (!file) {
        visit_problem(visit, PROBLEM_NOT_FOUND, NULL);
    } else if (request->method == METHOD_GET) {
        answer_file(api->page, file, is_lasting, visit);
    } else {
        response_header(&visit->response, "Allow", "GET, HEAD");
        visit_problem(visit, PROBLEM_METHOD_NOT_ALLOWED, NULL);
    }
}

// Redirects to the address without the slash at its end: the page's links to its files are
// relative.
static void leave_slash_out(struct visit *visit)
{
    struct response *response = &visit->response;
    struct buffer address = {0};

    buffer_append_text(&address, "../");
    request_encode_id(&address, visit->organization_id);
    if (visit->request.query.size) {
        buffer_append_text(&address, "?");
        buffer_append(&address, visit->request.query.data, visit->request.query.size);
    }
    response->status = 308;
    response_header(response, "Location", "%.*s", (int)address.size,
                    address.data ? address.data : "");
    response->failed |= address.failed;
    buffer_free(&address);
}

static void answer_index(const struct api *api, struct visit *visit)
{
    visit->route = ROUTE_PAGE;
    answer_file(api->page, page_files_find(api->page, SLICE_LITERAL("index.html")), false, visit);
}

// The redirect address that all organisations can share (page.redirect); it is there whether they
// do or not.
static bool is_shared_way_back(const struct request *request)
{
    return request->method == METHOD_GET && request->segment_count == 2 &&
           slice_equal(request->segments[0], SLICE_LITERAL("page")) &&
           slice_equal(request->segments[1], SLICE_LITERAL("signed-in"));
}

// Where a person who typed the host alone is asked for their organisation. Its address is as deep
// as those of files, so that links to these hold behind a prefix too.
static bool is_way_in(const struct request *request)
{
    return request->method == METHOD_GET && request->segment_count == 2 &&
           slice_equal(request->segments[0], SLICE_LITERAL("page")) &&
           slice_equal(request->segments[1], SLICE_LITERAL("organization"));
}

static bool is_root(const struct request *request)
{
    return request->method == METHOD_GET && !request->segment_count;
}

static void lead_to_way_in(struct visit *visit)
{
    visit->route = ROUTE_PAGE;
    visit->response.status = 307;
    response_header(&visit->response, "Location", "page/organization");
    response_header(&visit->response, "Cache-Control", "no-cache");
}

bool page_answer(const struct api *api, struct visit *visit)
{
    const struct request *request = &visit->request;
    const struct route *route;

    if (!api->page)
        return false;
    if (is_root(request)) {
        visit->depends_on_accept = true;
        if (!format_is_html(visit))
            return false;
        lead_to_way_in(visit);
        return true;
    }
    if (is_way_in(request) || is_shared_way_back(request)) {
        answer_index(api, visit);
        return true;
    }
    if (is_about_file(request)) {
        answer_named(api, visit);
        return true;
    }
    route = route_find(visit);
    if (!route || *route->pattern || request->method != METHOD_GET)
        return false;
    visit->depends_on_accept = true;
    if (!format_is_html(visit))
        return false;
    if (request->segment_count <= 2) {
        answer_index(api, visit);
        return true;
    }
    visit->route = ROUTE_PAGE;
    leave_slash_out(visit);
    return true;
}
