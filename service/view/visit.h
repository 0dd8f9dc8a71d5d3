// SPDX-License-Identifier: Apache-2.0
// One request and its answer on their way through the API, and what handlers stand on. A visit
// belongs to one thread at a time; the API is shared, and constant but for what locks itself.
#pragma once

#include "core/gate_transaction.h"
#include "http/problem.h"
#include "store/reader/job_reader.h"
#include "view/rate.h"
#include "view/share.h"
#include "view/silence.h"
#include "view/viewer.h"

struct failure_log;
struct hub;
struct ledger_pool;
struct page_files;
struct subscriber;

enum shared_thing {
    SHARED_STREAMS,
    SHARED_ANSWERS,
    SHARED_REQUESTS,
    SHARED_CONNECTIONS, // of one address
    SHARED_THINGS,
};

struct api {
    const char *base_url;            // in front of links; "": as the request says (view/origin.h)
    const char *const *cors_origins; // NULL-terminated, exact
    const char *const *event_topics; // NULL-terminated, at least one
    struct viewer_rules viewers;
    struct silence_rules silence;
    int64_t wait_for_us;          // how long Jobtrail-Wait-For may wait
    struct rate *rate;            // owned by whoever made the API, as all pointers here
    struct rate *cancel_rate;     // of requests to cancel
    struct ledger_pool *ledgers;  // for cancelling
    struct failure_log *failures; // NULL: each is logged
    struct hub *hub;              // for the live stream; NULL: there is none
    struct share *streams;        // how many are open; NULL: without bounds
    struct share *answers;        // bytes of those on their way out; NULL: likewise
    // Somebody has their share, and gets no more; any thread. whose: an organisation's id; of
    // connections an address, or null where all together are too many. May be NULL.
    void (*share_refused)(void *self, enum shared_thing what, enum share_answer why,
                          struct slice whose);
    void *observer;                // self of that
    const struct page_files *page; // NULL: browsers get JSON too
    // Of core/gate_transaction.h; ledger is set for each decision.
    struct gate gate;
};

enum { ROUTE_IDS_MAX = 2 };

// What the parameter f says about the form of the answer.
enum asked_format {
    FORMAT_OF_ACCEPT, // nothing: the header Accept decides
    FORMAT_JSON,
    FORMAT_HTML,
    FORMAT_UNKNOWN, // something that is no form
    FORMAT_TWICE,   // it came more than once
};

struct visit {
    struct request request; // without the parameter f
    struct response response;
    struct arena arena;  // what the target and the token say, and what handlers need
    struct slice origin; // in front of links; empty: they are paths; null: http.base-url is
    uint16_t port;       // that was connected to
    bool is_http_1_1;
    bool by_trusted_proxy; // one of http.trusted-proxies handed the request on
    struct slice organization_id;
    struct slice ids[ROUTE_IDS_MAX]; // what the route's stars stand for
    enum asked_format format;
    struct viewer viewer;
    int64_t now_us;            // the wall clock when it is worked on
    int64_t monotonic_us;      // likewise
    int64_t wait_until_us;     // Jobtrail-Wait-For: given up then (monotonic); 0: not begun
    int32_t awaited_partition; // what it is that is waited for, once it has begun
    int64_t awaited_offset;
    bool awaits_primary; // it was looked for where decisions are read
    int64_t as_of_us;    // the projection had everything then; TIME_NONE: not known
    int64_t replayed_us; // of viewed_freshness: what is read for the answer is at least as new
    size_t route;        // place of route_name (api/routes.h); ROUTE_OTHER: none fits
    // The answer is a live stream: freed by whoever frees the visit, before it. NULL: it is not.
    struct subscriber *subscriber;
    bool asks_turn;         // once it is known who asks, they wait for their turn
    bool is_identified;     // viewer is known, and was counted
    bool is_elsewhere;      // the viewer is of another organisation
    bool depends_on_accept; // a client that prefers HTML gets another answer
};

// Fills the response. Not DONE: it failed, and the response means nothing.
typedef int visit_handler(const struct api *api, struct job_reader *reader, struct visit *visit,
                          struct err *err);

void visit_init(struct visit *visit);
void visit_free(struct visit *visit);

// Makes the answer a problem. detail may be NULL.
void visit_problem(struct visit *visit, enum problem problem, const char *detail);
// 400, with what is wrong, the parameter's name and what is allowed.
void visit_bad_parameter(struct visit *visit, enum parameter_fault fault, struct slice name,
                         const char *allowed);
