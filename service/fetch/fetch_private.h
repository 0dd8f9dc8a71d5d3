// SPDX-License-Identifier: Apache-2.0
// What one question and a stream share. Nobody else includes this.
#pragma once

#include <curl/curl.h>
#include <pthread.h>
#include <stdint.h>

#include "fetch/fetch.h"

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

// One exchange as it goes.
struct transfer {
    struct fetcher *fetcher;
    const struct fetch_request *request;
    struct buffer *answer;
    CURL *curl; // while it goes

    // Of a stream.
    const struct fetch_listener *listener; // NULL: no stream
    struct err *err;                       // of the listener
    int refused;                           // what the listener returned
    int64_t heard_us;                      // when anything came last
    bool is_silent, is_stream;             // is_stream: what comes is the listener's
};

// Asks, and takes the answer or gives it to the listener. 0 with the status.
int transfer_perform(struct transfer *transfer, long *status, struct err *err);
