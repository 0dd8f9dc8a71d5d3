// SPDX-License-Identifier: Apache-2.0
#include "bench/storm_kinds.h"

#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/uuid.h"

enum { MISSED_US = 40 * 1000000 }; // as far back as can always be resumed, and a little less

#define HEAD   " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
#define GET    "GET /organizations/" STORM_ORGANIZATION
#define LISTED "/jobs?limit=1000"

static void ask_stream(struct http_call *call, const char *token, size_t number)
{
    (void)number;
    http_call_ask(call,
                  GET "/stream" HEAD "Accept: text/event-stream\r\nLast-Event-ID: %lld\r\n\r\n",
                  token, (long long)(clock_now_us() - MISSED_US));
}

static void ask_large(struct http_call *call, const char *token, size_t number)
{
    (void)number;
    http_call_ask(call, GET LISTED "&processID=" STORM_BIG_TYPE HEAD "\r\n", token);
}

// Nothing of all that is read passes the first ones; the last takes long to be put into words.
static void ask_slow(struct http_call *call, const char *token, size_t number)
{
    static const char *const filters[] = {
        "&minDuration=99999&sortby=jobID",
        "&q=nobody+wrote+this",
        "&maxDuration=0&sortby=-updated",
        "&sortby=-updated",
    };

    http_call_ask(call, GET LISTED "%s" HEAD "Accept-Encoding: gzip\r\n\r\n",
                  filters[number % (sizeof filters / sizeof *filters)], token);
}

static void ask_to_cancel(struct http_call *call, const char *token, size_t number)
{
    char id[UUID_TEXT_SIZE];
    unsigned char bytes[UUID_BYTES];
    struct uuid uuid;

    random_bytes(bytes, sizeof bytes);
    uuid = uuid_from_random(bytes);
    uuid_format(&uuid, id);
    http_call_ask(call,
                  "POST /organizations/" STORM_ORGANIZATION "/jobs/big-%zu/cancel-requests" HEAD
                  "Idempotency-Key: %s\r\nContent-Length: 0\r\n\r\n",
                  number % STORM_BIG_JOBS, token, id);
}

// For what never comes.
static void ask_to_wait(struct http_call *call, const char *token, size_t number)
{
    (void)number;
    http_call_ask(call, GET "/jobs?limit=1" HEAD "Jobtrail-Wait-For: 0:99999999999\r\n\r\n", token);
}

const struct storm_kind storm_kinds[] = {
    {.name = "streams opened and closed", .connections = 4, .closes = true, .ask = ask_stream},
    {.name = "streams unread", .connections = 5, .keeps = true, .ask = ask_stream},
    {.name = "large answers unread", .connections = 9, .keeps = true, .ask = ask_large},
    {.name = "unbounded filters", .connections = 5, .ask = ask_slow},
    {.name = "cancel requests", .connections = 4, .ask = ask_to_cancel},
    {.name = "waits", .connections = 9, .ask = ask_to_wait},
    {0},
};

const struct storm_kind *storm_kind_find(const char *name)
{
    for (const struct storm_kind *kind = storm_kinds; kind->name; kind++)
        if (!strcmp(kind->name, name))
            return kind;
    return NULL;
}
