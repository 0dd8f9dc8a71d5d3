// SPDX-License-Identifier: Apache-2.0
#include "view/origin.h"

#include "http/forwarded.h"

enum { HTTP_PORT = 80, PORT_DIGITS = 5 };

static const char separator[] = "://";

static struct slice join(struct visit *visit, struct slice scheme, struct slice host)
{
    const size_t between = sizeof separator - 1;
    char *whole;

    if (slice_is_null(scheme) || slice_is_null(host))
        return SLICE_LITERAL("");
    whole = arena_alloc(&visit->arena, scheme.size + between + host.size);
    if (!whole) {
        visit->response.failed = true;
        return SLICE_LITERAL("");
    }
    memcpy(whole, scheme.data, scheme.size);
    memcpy(whole + scheme.size, separator, between);
    memcpy(whole + scheme.size + between, host.data, host.size);
    return (struct slice){whole, scheme.size + between + host.size};
}

// The port of "name", "name:80" or "[::1]:80"; 0: it is none.
static unsigned port_of(struct slice host)
{
    const char *colon = slice_last(host, ':');
    size_t at = colon ? (size_t)(colon - host.data) + 1 : 0;
    unsigned port = 0;

    if (!colon || memchr(host.data + at, ']', host.size - at))
        return HTTP_PORT;
    for (size_t i = at; i < host.size; i++) {
        if (host.data[i] < '0' || host.data[i] > '9' || host.size - at > PORT_DIGITS)
            return 0;
        port = port * 10 + (unsigned)(host.data[i] - '0');
    }
    return port;
}

// A proxy that says nothing of itself is known by the port, where it has another than ours, and by
// the older protocol that some speak to us.
static bool is_direct(const struct visit *visit, struct slice host)
{
    return visit->is_http_1_1 && !slice_is_null(host) && port_of(host) == visit->port &&
           !forwarded_by_proxy(&visit->request);
}

struct slice origin_of(const struct api *api, struct visit *visit)
{
    const struct request *request = &visit->request;
    struct slice host;

    if (*api->base_url)
        return slice_of(api->base_url);
    if (visit->by_trusted_proxy)
        return join(visit, forwarded_scheme(request), forwarded_host(request));
    host = asked_host(request);
    return is_direct(visit, host) ? join(visit, SLICE_LITERAL("http"), host) : SLICE_LITERAL("");
}
