// SPDX-License-Identifier: Apache-2.0
// One kind of message on its way to its topic: what is under way or still to be marked, bounded in
// number and bytes, and how its topic fares. Lanes share nothing, so that a topic that is missing
// or refuses holds up no other.
//
// What fails is forgotten here, and claimed again from the outbox after a while. The brokers refuse
// whole batches, for one record in them: each record of such a batch is sent again with nothing
// else under way, and only one that is refused then is refused for good.
#pragma once

#include "base/metrics.h"
#include "serve/process/trouble.h"
#include "store/ledger/outbox.h"

enum { LANE_RECORDS_MAX = 1000 };

struct lane;

enum flight_state { FLIGHT_FREE, FLIGHT_SENT, FLIGHT_DELIVERED };

struct flight {
    struct lane *lane;
    struct flight *next; // the next free one
    int64_t id;          // in the outbox, or of the dead letter
    int64_t received_at_us;
    size_t bytes;
    enum flight_state state;
    bool was_alone; // nothing else of the lane was under way: a refusal means this record
};

struct lane {
    enum outbox_kind kind;
    const char *topic;       // borrowed
    struct metrics *metrics; // borrowed
    size_t records_max, bytes_max;
    struct flight flights[LANE_RECORDS_MAX];
    struct flight *free;
    size_t sent, delivered; // flights in these states
    size_t bytes;           // of the sent ones
    bool may_have_more;     // the outbox, than what was claimed last
    size_t to_send_alone;   // so many are sent one at a time: one of their batch was refused
    int64_t refused_id;     // refused for good, still to be marked; 0: none
    struct err refusal;
    unsigned failures; // in a row
    int64_t retry_at_us, complain_at_us;
    // Since when something was sent and nothing acknowledged (monotonic), 0: it is not so; and why,
    // as in struct err, as far as was told. Read by any thread.
    _Atomic int64_t waits_since_us;
    _Atomic(const char *) failure;
};

void lane_init(struct lane *lane, enum outbox_kind kind, const char *topic, struct metrics *metrics,
               size_t records_max, size_t bytes_max);
// How many records may be claimed now; 0 while it is full, backs off or has a refusal to mark.
size_t lane_room(const struct lane *lane, int64_t now_us);
bool lane_is_full(const struct lane *lane);
// The ids of what must not be claimed: of all flights that are not free, sent and delivered ones.
// Returns their number, at most LANE_RECORDS_MAX.
size_t lane_taken_ids(const struct lane *lane, int64_t *ids);
// The ids of the delivered ones, which are still to be marked.
size_t lane_delivered_ids(const struct lane *lane, int64_t *ids);
// A record that is about to be sent; its address is the producer's tag. NULL when it is full.
struct flight *lane_take(struct lane *lane, int64_t id, int64_t received_at_us, size_t bytes);
// What became of it; err NULL: the broker has it. The flight is no more, or FLIGHT_DELIVERED.
void flight_reported(struct flight *flight, const struct err *err);
// Nothing more will be reported of what is sent: it will be claimed again.
void lane_forget_sent(struct lane *lane);
// There is nothing to be sent.
void lane_is_empty(struct lane *lane);
// Whether nothing was acknowledged for too long; if so, appends a line. Any thread.
bool lane_stands_still(const struct lane *lane, int64_t now_us, struct buffer *reasons);
// The delivered ones are marked.
void lane_forget_delivered(struct lane *lane);
