// SPDX-License-Identifier: Apache-2.0
// One HTTP request, bounded in bytes and time. Only http and https; redirects are not followed, so
// that credentials go nowhere else; a proxy of the environment is not asked for what is on this
// machine. What is answered is never logged. Thread-safe: handles are kept for their connections.
#pragma once

#include <stdatomic.h>

#include "base/buffer.h"
#include "base/err.h"
#include "base/time_us.h"

struct fetcher;

struct fetch_options {
    const char *who;            // for messages: "schema registry"
    const char *basic_auth;     // "user:password" or NULL
    const char *bearer_token;   // or NULL
    const char *ca_file;        // PEM, or NULL: the system's
    const char *const *headers; // "Name: value", NULL-terminated
    int timeout_ms;             // of one request, connection included
    size_t most_bytes;          // of one answer
};

// Strings are copied, but for who, which must live as long. NULL with err filled: FATAL
// (BAD_CA_FILE), RETRY without memory.
struct fetcher *fetcher_new(const struct fetch_options *options, struct err *err);
void fetcher_free(struct fetcher *fetcher);

enum { FETCH_HEADER_SIZE = 512 };

// A header of the answer that is wanted: its first value, "" if there is none or it is too long.
struct fetch_header {
    const char *name;
    char value[FETCH_HEADER_SIZE];
};

struct fetch_request {
    const char *url;
    const char *shown;  // what messages say instead of the URL
    const char *body;   // POST; NULL: GET
    const char *reason; // of the RETRY when nobody answers

    // May be left out:
    const char *const *headers; // further ones, "Name: value", NULL-terminated
    struct fetch_header *wanted;
    size_t wanted_count;
    bool (*is_over)(void);       // asked about once a second; true ends the exchange
    const atomic_bool *gives_up; // looked at likewise
};

// 0 with the status and the whole answer, which is cleared first; RETRY with request->reason, with
// FETCH_TOO_LARGE or, when is_over or gives_up said so, with FETCH_OVER.
int fetch(struct fetcher *fetcher, const struct fetch_request *request, long *status,
          struct buffer *answer, struct err *err);

#define FETCH_TOO_LARGE "ANSWER_TOO_LARGE"
#define FETCH_OVER      "INTERRUPTED"

// Takes what a stream has, piece by piece; whatever it returns but 0 ends the stream.
struct fetch_listener {
    void *self;
    int (*take)(void *self, struct slice bytes, struct err *err);
    int silence_ms; // nothing at all for so long, to the second: the connection is dead
};

// A GET whose answer goes on until the other side ends it: only connecting is bounded in time.
// What comes with status 200 as text/event-stream is the listener's; any other answer is gathered
// as fetch does. 0 when it ended; RETRY as with fetch, also when it was cut; or what the listener
// returned.
int fetch_stream(struct fetcher *fetcher, const struct fetch_request *request,
                 const struct fetch_listener *listener, long *status, struct buffer *answer,
                 struct err *err);

struct fetch_url {
    bool is_https;
    bool is_loopback; // localhost or an address of this machine alone
    bool has_query;   // or a fragment
};
// FATAL (BAD_URL) for what is no URL, neither http nor https, or has credentials in it: they would
// come out in errors. The text begins with label, and does not repeat the URL.
int fetch_url_read(const char *url, const char *label, struct fetch_url *out, struct err *err);
// A date as HTTP has it; TIME_NONE for what is none.
int64_t fetch_date_us(const char *text);
// Of libcurl and what it stands on.
const char *fetch_library_version(void);
// Escapes text for one part of a path; malloc'ed, NULL without memory.
char *fetch_escape(const char *text);
// The same, appended. Look at out->failed afterwards.
void fetch_append_escaped(struct buffer *out, const char *text);
