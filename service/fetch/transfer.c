// SPDX-License-Identifier: Apache-2.0
// libcurl handles are kept for their connections, as many as there are callers at once.
#include <stdio.h>
#include <strings.h>

#include "base/clock.h"
#include "fetch/fetch_private.h"

enum { HTTP_OK = 200 };

static CURL *take_handle(struct fetcher *fetcher)
{
    CURL *curl = NULL;

    pthread_mutex_lock(&fetcher->lock);
    if (fetcher->idle_count)
        curl = fetcher->idle[--fetcher->idle_count];
    pthread_mutex_unlock(&fetcher->lock);
    return curl ? curl : curl_easy_init();
}

static void give_handle(struct fetcher *fetcher, CURL *curl)
{
    curl_easy_reset(curl); // forgets options, keeps connections
    pthread_mutex_lock(&fetcher->lock);
    if (fetcher->idle_count < IDLE_MAX) {
        fetcher->idle[fetcher->idle_count++] = curl;
        curl = NULL;
    }
    pthread_mutex_unlock(&fetcher->lock);
    curl_easy_cleanup(curl);
}

static size_t gather(const struct transfer *transfer, const char *data, size_t size)
{
    if (size > transfer->fetcher->most_bytes - transfer->answer->size)
        return 0; // makes the transfer fail
    buffer_append(transfer->answer, data, size);
    return transfer->answer->failed ? 0 : size;
}

static size_t receive(char *data, size_t size, size_t count, void *into)
{
    struct transfer *transfer = into;

    transfer->heard_us = clock_monotonic_us();
    if (!transfer->is_stream)
        return gather(transfer, data, size * count);
    transfer->refused = transfer->listener->take(transfer->listener->self,
                                                 (struct slice){data, size * count}, transfer->err);
    return transfer->refused ? 0 : size * count;
}

// "Name: value" and its line end; not NUL-terminated.
static void keep_header(struct fetch_header *wanted, const char *line, size_t size)
{
    size_t name = strlen(wanted->name);

    if (size <= name || line[name] != ':' || strncasecmp(line, wanted->name, name))
        return;
    for (line += name + 1, size -= name + 1; size && (*line == ' ' || *line == '\t'); size--)
        line++;
    while (size && strchr("\r\n\t ", line[size - 1]))
        size--;
    if (!*wanted->value && size < sizeof wanted->value && !memchr(line, '\0', size))
        snprintf(wanted->value, sizeof wanted->value, "%.*s", (int)size, line);
}

static bool is_event_stream(CURL *curl)
{
    static const char media[] = "text/event-stream";
    const char *type = NULL;
    long status = 0;

    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    return status == HTTP_OK && type && !strncasecmp(type, media, sizeof media - 1) &&
           (!type[sizeof media - 1] || strchr("; ", type[sizeof media - 1]));
}

// Each line of the head, the empty one at its end too.
static size_t receive_header(char *line, size_t size, size_t count, void *into)
{
    struct transfer *transfer = into;
    const struct fetch_request *request = transfer->request;

    transfer->heard_us = clock_monotonic_us();
    for (size_t i = 0; i < request->wanted_count; i++)
        keep_header(&request->wanted[i], line, size * count);
    if (transfer->listener && size * count <= 2)
        transfer->is_stream = is_event_stream(transfer->curl);
    return size * count;
}

static bool is_over(const struct fetch_request *request)
{
    return (request->is_over && request->is_over()) || (request->gives_up && *request->gives_up);
}

static int look_around(void *into, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up)
{
    struct transfer *transfer = into;

    (void)down_total, (void)down, (void)up_total, (void)up;
    if (is_over(transfer->request))
        return 1;
    if (!transfer->listener)
        return 0;
    transfer->is_silent =
        clock_monotonic_us() - transfer->heard_us >= transfer->listener->silence_ms * INT64_C(1000);
    return transfer->is_silent;
}

// The fetcher's and the request's, to be freed; NULL without memory.
static struct curl_slist *join_headers(const struct transfer *transfer)
{
    struct curl_slist *all = NULL;
    const char *const *more = transfer->request->headers;

    for (const struct curl_slist *at = transfer->fetcher->headers; at; at = at->next) {
        struct curl_slist *longer = curl_slist_append(all, at->data);

        if (!longer)
            goto no_memory;
        all = longer;
    }
    for (; more && *more; more++) {
        struct curl_slist *longer = curl_slist_append(all, *more);

        if (!longer)
            goto no_memory;
        all = longer;
    }
    return all;

no_memory:
    curl_slist_free_all(all);
    return NULL;
}

#define SET(option, value) (failed = failed ? failed : curl_easy_setopt(curl, option, value))

static CURLcode set_receivers(CURL *curl, struct transfer *transfer)
{
    CURLcode failed = CURLE_OK;

    SET(CURLOPT_WRITEFUNCTION, receive);
    SET(CURLOPT_WRITEDATA, transfer);
    SET(CURLOPT_HEADERFUNCTION, receive_header);
    SET(CURLOPT_HEADERDATA, transfer);
    SET(CURLOPT_XFERINFOFUNCTION, look_around);
    SET(CURLOPT_XFERINFODATA, transfer);
    SET(CURLOPT_NOPROGRESS, 0L);
    return failed;
}

static CURLcode configure(CURL *curl, struct transfer *transfer, bool is_loopback,
                          struct curl_slist *headers)
{
    const struct fetcher *fetcher = transfer->fetcher;
    const struct fetch_request *request = transfer->request;
    CURLcode failed = set_receivers(curl, transfer);

    SET(CURLOPT_URL, request->url);
    SET(CURLOPT_PATH_AS_IS, 1L); // a part of a path that is ".." is somebody's id
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)fetcher->timeout_ms);
    if (!transfer->listener)
        SET(CURLOPT_TIMEOUT_MS, (long)fetcher->timeout_ms);
    SET(CURLOPT_HTTPHEADER, headers);
    if (is_loopback)
        SET(CURLOPT_NOPROXY, "*");
    if (request->body)
        SET(CURLOPT_POSTFIELDS, request->body);
    if (fetcher->ca_file)
        SET(CURLOPT_CAINFO, fetcher->ca_file);
    if (fetcher->bearer_token) {
        SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        SET(CURLOPT_XOAUTH2_BEARER, fetcher->bearer_token);
    } else if (fetcher->basic_auth) {
        SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        SET(CURLOPT_USERPWD, fetcher->basic_auth);
    }
    return failed;
}
#undef SET

static int tell(const struct transfer *transfer, CURLcode code, struct err *err)
{
    const struct fetch_request *request = transfer->request;
    const char *who = transfer->fetcher->who;

    if (code == CURLE_OUT_OF_MEMORY)
        return err_no_memory(err);
    if (transfer->is_silent)
        return err_set(err, RETRY, request->reason, "%s %s: nothing came for %d s", who,
                       request->shown, transfer->listener->silence_ms / 1000);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return err_set(err, RETRY, FETCH_OVER, "interrupted");
    if (code == CURLE_WRITE_ERROR)
        return err_set(err, RETRY, FETCH_TOO_LARGE, "%s %s: an answer of more than %zu bytes", who,
                       request->shown, transfer->fetcher->most_bytes);
    return err_set(err, RETRY, request->reason, "%s %s: %s", who, request->shown,
                   curl_easy_strerror(code));
}

int transfer_perform(struct transfer *transfer, long *status, struct err *err)
{
    struct fetcher *fetcher = transfer->fetcher;
    const struct fetch_request *request = transfer->request;
    struct curl_slist *headers = NULL;
    struct fetch_url url;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    int rc = fetch_url_read(request->url, fetcher->who, &url, err);

    if (rc)
        return rc;
    buffer_clear(transfer->answer);
    for (size_t i = 0; i < request->wanted_count; i++)
        *request->wanted[i].value = '\0';
    transfer->heard_us = clock_monotonic_us();
    headers = join_headers(transfer);
    transfer->curl = take_handle(fetcher);
    if (transfer->curl && headers)
        code = configure(transfer->curl, transfer, url.is_loopback, headers);
    if (!code)
        code = curl_easy_perform(transfer->curl);
    if (!code)
        (void)curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, status);
    if (transfer->curl)
        give_handle(fetcher, transfer->curl);
    curl_slist_free_all(headers);
    if (transfer->answer->failed)
        return err_no_memory(err);
    if (transfer->refused)
        return transfer->refused;
    return code ? tell(transfer, code, err) : 0;
}
