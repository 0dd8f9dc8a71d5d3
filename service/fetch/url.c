// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <strings.h>

#include "fetch/fetch.h"

enum { LOOPBACK_NET = 127 };

static bool has_part(CURLU *url, CURLUPart which)
{
    char *part = NULL;
    bool has = !curl_url_get(url, which, &part, 0);

    curl_free(part);
    return has;
}

static bool is_loopback(const char *host)
{
    unsigned char v4[4];

    return !strcasecmp(host, "localhost") || !strcmp(host, "[::1]") ||
           (inet_pton(AF_INET, host, v4) == 1 && v4[0] == LOOPBACK_NET);
}

static const char *read_parts(CURLU *parsed, struct fetch_url *out)
{
    char *scheme = NULL, *host = NULL;
    const char *wrong = NULL;

    if (curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0)) {
        wrong = "is neither http:// nor https://";
    } else if (curl_url_get(parsed, CURLUPART_HOST, &host, 0)) {
        wrong = "is no URL";
    } else {
        out->is_https = !strcmp(scheme, "https");
        if (!out->is_https && strcmp(scheme, "http"))
            wrong = "is neither http:// nor https://";
        out->is_loopback = is_loopback(host);
    }
    curl_free(scheme);
    curl_free(host);
    if (!wrong && (has_part(parsed, CURLUPART_USER) || has_part(parsed, CURLUPART_PASSWORD)))
        wrong = "has credentials in it: put them where they stay secret, as basic auth or a token";
    out->has_query = has_part(parsed, CURLUPART_QUERY) || has_part(parsed, CURLUPART_FRAGMENT);
    return wrong;
}

int fetch_url_read(const char *url, const char *label, struct fetch_url *out, struct err *err)
{
    CURLU *parsed = curl_url();
    CURLUcode code;
    const char *wrong = "is no URL";

    *out = (struct fetch_url){0};
    if (!parsed)
        return err_no_memory(err);
    code = curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);
    if (!code)
        wrong = read_parts(parsed, out);
    curl_url_cleanup(parsed);
    if (code == CURLUE_OUT_OF_MEMORY)
        return err_no_memory(err);
    return wrong ? err_set(err, FATAL, "BAD_URL", "%s %s", label, wrong) : 0;
}

char *fetch_escape(const char *text)
{
    char *escaped = curl_easy_escape(NULL, text, 0);
    char *copy = escaped ? strdup(escaped) : NULL;

    curl_free(escaped);
    return copy;
}

void fetch_append_escaped(struct buffer *out, const char *text)
{
    char *escaped = curl_easy_escape(NULL, text, 0);

    if (escaped)
        buffer_append_text(out, escaped);
    else
        out->failed = true;
    curl_free(escaped);
}
