// SPDX-License-Identifier: Apache-2.0
// One kind of message on its way to its topic: what is under way or still to be marked, bounded in
// number and bytes, and how its topic fares. Lanes share nothing, so that a topic that is missing
// or refuses holds up no other.
//
// What fails is forgotten here, and claimed again from the outbox after a while. A record that is
// refused for good may only have shared its batch with the culprit: it is believed when it was
// sent alone.
#pragma once

#include "base/metrics.h"
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
    bool alone;
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
    size_t alone;           // so many go one at a time
    int64_t refused_id;     // refused for good, still to be marked; 0: none
    struct err refusal;
    unsigned failures; // in a row
    int64_t retry_at_us, complain_at_us;
};

void lane_init(struct lane *lane, enum outbox_kind kind, const char *topic, struct metrics *metrics,
               size_t records_max, size_t bytes_max);
// How many records may be claimed now; 0 while it is full, backs off or has a refusal to mark.
size_t lane_room(const struct lane *lane, int64_t now_us);
bool lane_is_full(const struct lane *lane);
// The ids of what must not be claimed (state FLIGHT_FREE: sent and delivered ones), or of those in
// one state. Returns their number, at most LANE_RECORDS_MAX.
size_t lane_ids(const struct lane *lane, enum flight_state state, int64_t *ids);
// A record that is about to be sent; its address is the producer's tag. NULL when it is full.
struct flight *lane_take(struct lane *lane, int64_t id, int64_t received_at_us, size_t bytes);
// What became of it; err NULL: the broker has it. The flight is no more, or FLIGHT_DELIVERED.
void flight_reported(struct flight *flight, const struct err *err);
// Nothing more will be reported of what is sent: it will be claimed again.
void lane_forget_sent(struct lane *lane);
// The delivered ones are marked.
void lane_forget_delivered(struct lane *lane);
