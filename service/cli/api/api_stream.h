// SPDX-License-Identifier: Apache-2.0
// The live stream of the API, for as long as somebody listens: connects again by the last id that
// was seen, with backoff, reads the token again when it expired, and takes 30 s of silence for a
// dead connection. Where it does not come at all while the API answers, the visitor is told every
// few seconds to read anew (NEWS_RESET), and the stream is tried again every two minutes. What
// happens meanwhile is told on standard error, once an outage.
#pragma once

#include "cli/api/api_client.h"

enum stream_news_kind {
    NEWS_JOB,   // body: the job as in the list, new or changed
    NEWS_GONE,  // body: a jobID that fell out of the filter
    NEWS_FRESH, // how fresh the rest is; the heartbeat, at latest every 15 s
    NEWS_RESET, // something was missed, or is not told: read anew whatever is shown
};

// Borrowed for the call.
struct stream_news {
    enum stream_news_kind kind;
    const json_t *body; // an object
};

struct stream_visitor {
    void *self;
    // *enough ends the stream. May ask the API. Not 0: ends it too, and is what comes back.
    int (*visit)(void *self, const struct stream_news *news, bool *enough, struct err *err);
};

// question: the stream's path and query. from: the id behind which it begins, "" from now on. 0
// after *enough; FATAL: TOO_OLD for a server without a stream, or as api_problem_tell has it;
// RETRY: INTERRUPTED, OUT_OF_MEMORY.
int api_stream_follow(struct api_client *client, const char *query, const char *from,
                      const struct stream_visitor *visitor, struct err *err);
// RETRY: NO_STREAM, if the answer to a list does not say where the stream goes on from: the server
// does not know it yet, or has no stream.
int api_stream_require(const struct api_answer *list, struct err *err);

// How long to wait after so many failures in a row: backoff_between from base_ms to 30 s.
int64_t api_stream_backoff_ms(int64_t base_ms, unsigned failures, uint64_t random);
