// SPDX-License-Identifier: Apache-2.0
#include "page/page_policy.h"

#include <strings.h>

#include "page/page_files.h"

static const char fixed[] = "default-src 'none'; script-src 'self'; style-src 'self'; "
                            "img-src 'self'; base-uri 'none'; form-action 'none'; "
                            "frame-ancestors 'none'; require-trusted-types-for 'script'; "
                            "trusted-types 'none'; connect-src 'self'";

static bool begins(struct slice text, const char *with)
{
    size_t size = strlen(with);

    return text.size >= size && !strncasecmp(text.data, with, size);
}

// Letters, digits and what addresses of hosts have besides: nothing that could end a directive.
static bool is_of_host(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || (byte && strchr(".-:[]", byte));
}

static bool is_this_machine(struct slice host)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t size = strlen(names[i]);

        if (begins(host, names[i]) && (host.size == size || host.data[size] == ':'))
            return true;
    }
    return false;
}

struct slice page_origin(struct slice address)
{
    bool is_secure = begins(address, "https://");
    size_t begin = is_secure ? strlen("https://") : strlen("http://"), end = begin;
    struct slice host;

    if (!is_secure && !begins(address, "http://"))
        return SLICE_NULL;
    while (end < address.size && is_of_host(address.data[end]))
        end++;
    host = (struct slice){address.data + begin, end - begin};
    if (!host.size || (end < address.size && address.data[end] != '/') ||
        (!is_secure && !is_this_machine(host)))
        return SLICE_NULL;
    return (struct slice){address.data, end};
}

static int append_origin(const char *option, const char *address, bool is_bare, struct buffer *out,
                         struct err *err)
{
    struct slice origin = page_origin(slice_of(address));

    if (slice_is_null(origin) || (is_bare && origin.size != strlen(address)))
        return err_set(err, FATAL, "CONFIGURATION",
                       "%s: \"%.200s\": expected %s that begins with https:// (http:// only for "
                       "this machine)",
                       option, address, is_bare ? "an origin" : "an address");
    buffer_append_text(out, " ");
    buffer_append(out, origin.data, origin.size);
    return DONE;
}

int page_policy(const struct page_options *options, struct buffer *out, struct err *err)
{
    int rc = DONE;

    buffer_append_text(out, fixed);
    if (options->client_id && options->issuer)
        rc = append_origin("page.issuer", options->issuer, false, out, err);
    for (const char *const *at = options->connect_origins; !rc && options->client_id && *at; at++)
        rc = append_origin("page.connect-origins", *at, true, out, err);
    buffer_append(out, "", 1);
    if (!rc && out->failed)
        rc = err_no_memory(err);
    return rc;
}
