// SPDX-License-Identifier: Apache-2.0
#include "http/forwarded.h"

#include <string.h>
#include <strings.h>

enum { HOST_MAX_BYTES = 255 + 6 };

static const char forwarded_for[] = "X-Forwarded-For";

bool forwarded_by_proxy(const struct request *request)
{
    static const char *const names[] = {"Via",       "Forwarded",         forwarded_for,
                                        "X-Real-IP", "X-Forwarded-Proto", "X-Forwarded-Host"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (request_header_count(request, names[i]))
            return true;
    return false;
}

// The part behind the last comma; *text becomes what is before it, or null.
static struct slice take_last(struct slice *text)
{
    const char *comma = slice_last(*text, ',');
    struct slice part = *text;

    if (!comma) {
        *text = SLICE_NULL;
        return slice_trimmed(part);
    }
    text->size = (size_t)(comma - text->data);
    part = (struct slice){comma + 1, part.size - text->size - 1};
    return slice_trimmed(part);
}

// Several headers of this name are one list, in their order (RFC 9110, section 5.3).
bool forwarded_client(const struct request *request, const struct networks *trusted,
                      struct address *out)
{
    for (size_t i = request->header_count; i-- > 0;) {
        struct slice name = request->headers[i].name, list = request->headers[i].value;

        if (name.size != sizeof forwarded_for - 1 ||
            strncasecmp(name.data, forwarded_for, name.size) != 0)
            continue;
        while (!slice_is_null(list)) {
            if (!address_read(take_last(&list), out))
                return false; // what stands before it was not said by anybody we trust
            if (!networks_have(trusted, out))
                return true;
        }
    }
    return false;
}

struct slice forwarded_scheme(const struct request *request)
{
    struct slice scheme = request_header(request, "X-Forwarded-Proto");

    if (slice_equal(scheme, SLICE_LITERAL("https")) || slice_equal(scheme, SLICE_LITERAL("http")))
        return scheme;
    return SLICE_NULL;
}

static bool consists_of(struct slice text, const char *bytes)
{
    for (size_t i = 0; i < text.size; i++)
        if (!text.data[i] || !strchr(bytes, text.data[i]))
            return false;
    return true;
}

// A name, or an address of IPv4, or one of IPv6 in brackets, and maybe a port (RFC 3986, section
// 3.2.2), without what nobody's host has.
static bool is_host(struct slice host)
{
    const char *bracket = slice_last(host, ']'), *colon = slice_last(host, ':');
    static const char digits[] = "0123456789", name_bytes[] =
                                                   "0123456789-._abcdefghijklmnopqrstuvwxyz"
                                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    struct slice name = host, port = SLICE_LITERAL("");
    struct address address;

    if (!host.size || host.size > HOST_MAX_BYTES)
        return false;
    if (colon && (!bracket || colon > bracket)) {
        name.size = (size_t)(colon - host.data);
        port = (struct slice){colon + 1, host.size - name.size - 1};
    }
    if (!consists_of(port, digits) || !name.size)
        return false;
    return *name.data == '[' ? address_read(name, &address) : consists_of(name, name_bytes);
}

struct slice asked_host(const struct request *request)
{
    struct slice host = request_header(request, "Host");

    return is_host(host) ? host : SLICE_NULL;
}

struct slice forwarded_host(const struct request *request)
{
    struct slice host = request_header(request, "X-Forwarded-Host");

    if (!request_header_count(request, "X-Forwarded-Host"))
        return asked_host(request);
    return is_host(host) ? host : SLICE_NULL;
}
