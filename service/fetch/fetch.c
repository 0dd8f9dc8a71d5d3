// SPDX-License-Identifier: Apache-2.0
// libcurl handles are kept for their connections, as many as there are callers at once.
#include "fetch/fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { IDLE_MAX = 8 };

struct fetcher {
    const char *who;
    char *basic_auth, *bearer_token, *ca_file;
    struct curl_slist *headers;
    int timeout_ms;
    size_t most_bytes;
    pthread_mutex_t lock; // guards the two below
    CURL *idle[IDLE_MAX];
    size_t idle_count;
};

static void init_curl(void)
{
    // A failure shows when the first handle is made.
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool copy_text(const char *from, char **to)
{
    *to = from ? strdup(from) : NULL;
    return !from || *to;
}

static bool add_header(struct fetcher *fetcher, const char *header)
{
    struct curl_slist *longer = curl_slist_append(fetcher->headers, header);

    if (longer)
        fetcher->headers = longer;
    return longer;
}

static int set_up(struct fetcher *fetcher, const struct fetch_options *options, struct err *err)
{
    fetcher->who = options->who;
    fetcher->timeout_ms = options->timeout_ms;
    fetcher->most_bytes = options->most_bytes;
    if (!copy_text(options->basic_auth, &fetcher->basic_auth) ||
        !copy_text(options->bearer_token, &fetcher->bearer_token) ||
        !copy_text(options->ca_file, &fetcher->ca_file) || !add_header(fetcher, "Expect:"))
        return err_no_memory(err);
    for (const char *const *header = options->headers; header && *header; header++)
        if (!add_header(fetcher, *header))
            return err_no_memory(err);
    if (fetcher->ca_file && access(fetcher->ca_file, R_OK))
        return err_set(err, FATAL, "BAD_CA_FILE", "%s: cannot read the CA file %s", fetcher->who,
                       fetcher->ca_file);
    return 0;
}

struct fetcher *fetcher_new(const struct fetch_options *options, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct fetcher *fetcher = calloc(1, sizeof(*fetcher));

    pthread_once(&once, init_curl);
    if (!fetcher) {
        err_no_memory(err);
        return NULL;
    }
    pthread_mutex_init(&fetcher->lock, NULL);
    if (set_up(fetcher, options, err)) {
        fetcher_free(fetcher);
        return NULL;
    }
    return fetcher;
}

void fetcher_free(struct fetcher *fetcher)
{
    if (!fetcher)
        return;
    for (size_t i = 0; i < fetcher->idle_count; i++)
        curl_easy_cleanup(fetcher->idle[i]);
    curl_slist_free_all(fetcher->headers);
    pthread_mutex_destroy(&fetcher->lock);
    free(fetcher->basic_auth);
    free(fetcher->bearer_token);
    free(fetcher->ca_file);
    free(fetcher);
}

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

struct receiving {
    struct buffer *answer;
    size_t most_bytes;
};

static size_t receive(char *data, size_t size, size_t count, void *into)
{
    struct receiving *receiving = into;

    if (size * count > receiving->most_bytes - receiving->answer->size)
        return 0; // makes the transfer fail
    buffer_append(receiving->answer, data, size * count);
    return receiving->answer->failed ? 0 : size * count;
}

static CURLcode configure(const struct fetcher *fetcher, CURL *curl,
                          const struct fetch_request *request, bool is_loopback,
                          struct receiving *receiving)
{
    CURLcode failed = CURLE_OK;

#define SET(option, value) (failed = failed ? failed : curl_easy_setopt(curl, option, value))
    SET(CURLOPT_URL, request->url);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TIMEOUT_MS, (long)fetcher->timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)fetcher->timeout_ms);
    SET(CURLOPT_HTTPHEADER, fetcher->headers);
    SET(CURLOPT_WRITEFUNCTION, receive);
    SET(CURLOPT_WRITEDATA, receiving);
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
#undef SET
    return failed;
}

static int tell(const struct fetcher *fetcher, const struct fetch_request *request, CURLcode code,
                struct err *err)
{
    if (code == CURLE_OUT_OF_MEMORY)
        return err_no_memory(err);
    if (code == CURLE_WRITE_ERROR)
        return err_set(err, RETRY, FETCH_TOO_LARGE, "%s %s: an answer of more than %zu bytes",
                       fetcher->who, request->shown, fetcher->most_bytes);
    return err_set(err, RETRY, request->reason, "%s %s: %s", fetcher->who, request->shown,
                   curl_easy_strerror(code));
}

int fetch(struct fetcher *fetcher, const struct fetch_request *request, long *status,
          struct buffer *answer, struct err *err)
{
    struct receiving receiving = {answer, fetcher->most_bytes};
    struct fetch_url url;
    CURLcode code;
    CURL *curl;
    int failed = fetch_url_read(request->url, fetcher->who, &url, err);

    if (failed)
        return failed;
    curl = take_handle(fetcher);
    if (!curl)
        return err_no_memory(err);
    buffer_clear(answer);
    code = configure(fetcher, curl, request, url.is_loopback, &receiving);
    if (!code)
        code = curl_easy_perform(curl);
    if (!code)
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
    give_handle(fetcher, curl);
    if (answer->failed)
        return err_no_memory(err);
    return code ? tell(fetcher, request, code, err) : 0;
}
