// SPDX-License-Identifier: Apache-2.0
// libcurl handles are kept for their connections, as many as there are callers at once.
#include "registry/http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { IDLE_MAX = 8 };

struct registry_http {
    char **urls; // owned, NULL-terminated, without a slash at the end
    char *list;  // owned, what they point into
    char *basic_auth, *bearer_token, *ca_file;
    struct curl_slist *headers;
    int timeout_ms;
    pthread_mutex_t lock; // guards the two below
    CURL *idle[IDLE_MAX];
    size_t idle_count;
};

static void init_curl(void)
{
    // A failure shows when the first handle is made.
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

// A name and password in a URL would come out in errors; a query has no place in a base.
static int check_url(const char *url, size_t number, struct err *err)
{
    CURLU *parsed = curl_url();
    char *part = NULL;
    const char *wrong = NULL;

    if (!parsed)
        return err_no_memory(err);
    if (curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME))
        wrong = "is no URL";
    else if (curl_url_get(parsed, CURLUPART_SCHEME, &part, 0) ||
             (strcmp(part, "http") != 0 && strcmp(part, "https") != 0))
        wrong = "is neither http:// nor https://";
    curl_free(part);
    part = NULL;
    if (!wrong && (!curl_url_get(parsed, CURLUPART_USER, &part, 0) ||
                   !curl_url_get(parsed, CURLUPART_PASSWORD, &part, 0)))
        wrong = "has credentials in it: put them where they stay secret, as basic auth or a token";
    curl_free(part);
    part = NULL;
    if (!wrong && (!curl_url_get(parsed, CURLUPART_QUERY, &part, 0) ||
                   !curl_url_get(parsed, CURLUPART_FRAGMENT, &part, 0)))
        wrong = "has a query or a fragment";
    curl_free(part);
    curl_url_cleanup(parsed);
    return wrong
               ? err_set(err, FATAL, "BAD_URL", "schema registry: URL number %zu %s", number, wrong)
               : 0;
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
        while (size && url[size - 1] == '/')
            size--;
        url[size] = '\0';
        http->urls[count++] = url;
        if (check_url(url, count, err))
            return (int)err->disposition;
    }
    return 0;
}

static bool copy_text(const char *from, char **to)
{
    *to = from ? strdup(from) : NULL;
    return !from || *to;
}

static int set_up(struct registry_http *http, const struct registry_options *options,
                  struct err *err)
{
    http->timeout_ms = options->timeout_ms;
    http->list = strdup(options->url);
    if (!http->list || !copy_text(options->basic_auth, &http->basic_auth) ||
        !copy_text(options->bearer_token, &http->bearer_token) ||
        !copy_text(options->ca_file, &http->ca_file))
        return err_no_memory(err);
    http->headers = curl_slist_append(NULL, "Accept: application/vnd.schemaregistry.v1+json, "
                                            "application/json;q=0.5");
    if (!http->headers ||
        !curl_slist_append(http->headers, "Content-Type: application/vnd.schemaregistry.v1+json") ||
        !curl_slist_append(http->headers, "Expect:"))
        return err_no_memory(err);
    if (http->ca_file && access(http->ca_file, R_OK))
        return err_set(err, FATAL, "BAD_CA_FILE", "schema registry: cannot read the CA file %s",
                       http->ca_file);
    return split_urls(http, err);
}

struct registry_http *registry_http_new(const struct registry_options *options, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct registry_http *http = calloc(1, sizeof(*http));

    pthread_once(&once, init_curl);
    if (!http) {
        err_no_memory(err);
        return NULL;
    }
    pthread_mutex_init(&http->lock, NULL);
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
    for (size_t i = 0; i < http->idle_count; i++)
        curl_easy_cleanup(http->idle[i]);
    curl_slist_free_all(http->headers);
    pthread_mutex_destroy(&http->lock);
    free(http->basic_auth);
    free(http->bearer_token);
    free(http->ca_file);
    free(http->urls);
    free(http->list);
    free(http);
}

static CURL *take_handle(struct registry_http *http)
{
    CURL *curl = NULL;

    pthread_mutex_lock(&http->lock);
    if (http->idle_count)
        curl = http->idle[--http->idle_count];
    pthread_mutex_unlock(&http->lock);
    return curl ? curl : curl_easy_init();
}

static void give_handle(struct registry_http *http, CURL *curl)
{
    curl_easy_reset(curl); // forgets options, keeps connections
    pthread_mutex_lock(&http->lock);
    if (http->idle_count < IDLE_MAX) {
        http->idle[http->idle_count++] = curl;
        curl = NULL;
    }
    pthread_mutex_unlock(&http->lock);
    curl_easy_cleanup(curl);
}

static size_t receive(char *data, size_t size, size_t count, void *into)
{
    struct buffer *answer = into;

    if (answer->size + size * count > REGISTRY_ANSWER_MAX_BYTES)
        return 0; // makes the transfer fail
    buffer_append(answer, data, size * count);
    return answer->failed ? 0 : size * count;
}

static CURLcode configure(const struct registry_http *http, CURL *curl, const char *url,
                          const char *body, struct buffer *answer)
{
    CURLcode failed = CURLE_OK;

#define SET(option, value) (failed = failed ? failed : curl_easy_setopt(curl, option, value))
    SET(CURLOPT_URL, url);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TIMEOUT_MS, (long)http->timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)http->timeout_ms);
    SET(CURLOPT_HTTPHEADER, http->headers);
    SET(CURLOPT_WRITEFUNCTION, receive);
    SET(CURLOPT_WRITEDATA, answer);
    if (body)
        SET(CURLOPT_POSTFIELDS, body);
    if (http->ca_file)
        SET(CURLOPT_CAINFO, http->ca_file);
    if (http->bearer_token) {
        SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        SET(CURLOPT_XOAUTH2_BEARER, http->bearer_token);
    } else if (http->basic_auth) {
        SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        SET(CURLOPT_USERPWD, http->basic_auth);
    }
#undef SET
    return failed;
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

static int ask_one(struct registry_http *http, CURL *curl, const char *base,
                   const struct question *question, long *status, struct buffer *answer,
                   struct err *err)
{
    const char *reason = question->reason;
    struct buffer url;
    CURLcode code = CURLE_OUT_OF_MEMORY;

    buffer_clear(answer);
    buffer_init(&url);
    buffer_append_format(&url, "%s%s", base, question->path);
    buffer_append(&url, "", 1);
    if (!url.failed) {
        curl_easy_reset(curl);
        code = configure(http, curl, url.data, question->body, answer);
        if (!code)
            code = curl_easy_perform(curl);
    }
    buffer_free(&url);
    if (answer->failed || code == CURLE_OUT_OF_MEMORY)
        return err_no_memory(err);
    if (code == CURLE_WRITE_ERROR)
        return err_set(err, RETRY, ANSWER_TOO_LARGE,
                       "schema registry %s: an answer of more than %d bytes", base,
                       REGISTRY_ANSWER_MAX_BYTES);
    if (code)
        return err_set(err, RETRY, reason, "schema registry %s: %s", base,
                       curl_easy_strerror(code));
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
    if (counts(*status))
        return 0;
    if (*status >= 300 && *status < 400)
        return err_set(err, RETRY, reason,
                       "schema registry %s: redirects elsewhere (%ld), which is not followed; "
                       "configure the URL it really has",
                       base, *status);
    return err_set(err, RETRY, reason, "schema registry %s: answers with status %ld", base,
                   *status);
}

int registry_http_ask(struct registry_http *http, const char *path, const char *body,
                      const char *unreachable_reason, long *status, struct buffer *answer,
                      struct err *err)
{
    struct question question = {path, body, unreachable_reason};
    CURL *curl = take_handle(http);
    int failed = RETRY;

    if (!curl)
        return err_no_memory(err);
    for (size_t i = 0; failed && http->urls[i]; i++)
        failed = ask_one(http, curl, http->urls[i], &question, status, answer, err);
    give_handle(http, curl);
    return failed;
}

char *registry_http_escape(const char *text)
{
    char *escaped = curl_easy_escape(NULL, text, 0);
    char *copy = escaped ? strdup(escaped) : NULL;

    curl_free(escaped);
    return copy;
}
