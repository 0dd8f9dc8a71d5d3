// SPDX-License-Identifier: Apache-2.0
#include "fetch/fetch.h"

#include <stdlib.h>
#include <unistd.h>

#include "fetch/fetch_private.h"

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
    return DONE;
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

int fetch(struct fetcher *fetcher, const struct fetch_request *request, long *status,
          struct buffer *answer, struct err *err)
{
    struct transfer transfer = {.fetcher = fetcher, .request = request, .answer = answer};

    return transfer_perform(&transfer, status, err);
}

int fetch_stream(struct fetcher *fetcher, const struct fetch_request *request,
                 const struct fetch_listener *listener, long *status, struct buffer *answer,
                 struct err *err)
{
    struct transfer transfer = {
        .fetcher = fetcher, .request = request, .answer = answer, .listener = listener, .err = err};

    return transfer_perform(&transfer, status, err);
}
