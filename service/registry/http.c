// SPDX-License-Identifier: Apache-2.0
// What registries have beyond any HTTP server: several URLs, and which answers count.
#include "registry/http.h"

#include <stdio.h>
#include <stdlib.h>

#include "fetch/fetch.h"

struct registry_http {
    char **urls; // owned, NULL-terminated, without a slash at the end
    char *list;  // owned, what they point into
    struct fetcher *fetcher;
    atomic_bool gives_up;
};

static int check_url(const char *url, size_t number, struct err *err)
{
    char label[64];
    struct fetch_url read;
    int rc;

    snprintf(label, sizeof(label), "schema registry: URL number %zu", number);
    rc = fetch_url_read(url, label, &read, err);
    if (!rc && read.has_query) // has no place in a base
        return err_set(err, FATAL, "BAD_URL", "%s has a query or a fragment", label);
    return rc;
}

static int split_urls(struct registry_http *http, struct err *err)
{
    char *rest = http->list;
    size_t count = 0, max = 2;

    for (const char *at = http->list; *at; at++)
        max += *at == ',';
    http->urls = calloc(max, sizeof(*http->urls));
    if (!http->urls)
        return err_no_memory(err);
    while (rest) {
        char *url = strsep(&rest, ",");
        size_t size;

        url += strspn(url, " \t");
        size = strcspn(url, " \t");
        url[slice_without_slashes((struct slice){url, size}).size] = '\0';
        http->urls[count++] = url;
        if (check_url(url, count, err))
            return (int)err->disposition;
    }
    return DONE;
}

static int set_up(struct registry_http *http, const struct registry_options *options,
                  struct err *err)
{
    static const char *const headers[] = {
        "Accept: application/vnd.schemaregistry.v1+json, application/json;q=0.5",
        "Content-Type: application/vnd.schemaregistry.v1+json", NULL};
    struct fetch_options fetch_options = {.who = "schema registry",
                                          .basic_auth = options->basic_auth,
                                          .bearer_token = options->bearer_token,
                                          .ca_file = options->ca_file,
                                          .headers = headers,
                                          .timeout_ms = options->timeout_ms,
                                          .most_bytes = REGISTRY_ANSWER_MAX_BYTES};

    http->list = strdup(options->url);
    if (!http->list)
        return err_no_memory(err);
    http->fetcher = fetcher_new(&fetch_options, err);
    return http->fetcher ? split_urls(http, err) : (int)err->disposition;
}

struct registry_http *registry_http_new(const struct registry_options *options, struct err *err)
{
    struct registry_http *http = calloc(1, sizeof(*http));

    if (!http) {
        err_no_memory(err);
        return NULL;
    }
    if (set_up(http, options, err)) {
        registry_http_free(http);
        return NULL;
    }
    return http;
}

void registry_http_free(struct registry_http *http)
{
    if (!http)
        return;
    fetcher_free(http->fetcher);
    free(http->urls);
    free(http->list);
    free(http);
}

void registry_http_give_up(struct registry_http *http)
{
    http->gives_up = true;
}

static bool counts(long status)
{
    return (status >= 200 && status < 300) ||
           (status >= 400 && status < 500 && status != 408 && status != 429);
}

struct question {
    const char *path;
    const char *body;   // NULL: GET
    const char *reason; // of the RETRY when nobody answers
};

static int ask_one(struct registry_http *http, const char *base, const struct question *question,
                   long *status, struct buffer *answer, struct err *err)
{
    struct fetch_request request = {
        .shown = base,
        .body = question->body,
        .reason = question->reason,
        .gives_up = &http->gives_up,
    };
    struct buffer url;
    int rc;

    buffer_init(&url);
    buffer_append_format(&url, "%s%s", base, question->path);
    buffer_append(&url, "", 1);
    request.url = url.data;
    rc = url.failed ? err_no_memory(err) : fetch(http->fetcher, &request, status, answer, err);
    buffer_free(&url);
    if (rc || counts(*status))
        return rc;
    if (*status >= 300 && *status < 400)
        return err_set(err, RETRY, question->reason,
                       "schema registry %s: redirects elsewhere (%ld), which is not followed; "
                       "configure the URL it really has",
                       base, *status);
    return err_set(err, RETRY, question->reason, "schema registry %s: answers with status %ld",
                   base, *status);
}

int registry_http_ask(struct registry_http *http, const char *path, const char *body,
                      const char *unreachable_reason, long *status, struct buffer *answer,
                      struct err *err)
{
    struct question question = {path, body, unreachable_reason};
    int rc = RETRY;

    for (size_t i = 0; rc && http->urls[i]; i++)
        rc = ask_one(http, http->urls[i], &question, status, answer, err);
    return rc;
}
