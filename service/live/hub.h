// SPDX-License-Identifier: Apache-2.0
// The live hub: one thread in each process reads what was changed, once, and tells it to all
// subscribers whose scope and filter let it through.
//
//   jobtrail.change ──▶ window (what is new) ──▶ ring (for readers who resume)
//                                │
//                                └──▶ audiences, one an organisation: jobs to read
//                                        └──▶ rows, read once ──▶ frames ──▶ subscribers' queues
//
// A position is a moment by the database's clock: a reader who stands there has been told all that
// was visible then. The id of a message is the position from which its reader resumes when the
// message was the last one that arrived. Messages of jobs have the position of the round before, so
// that a reader who leaves in the middle of a round is told the whole round again; the message of
// freshness that ends a round has the new position. A position is not the id of a change, since ids
// would show a reader how much goes on among the jobs that they may not see.
//
// Shared with other threads: the list of subscribers who join, the position, and the subscribers,
// each of which has a lock of its own.
#pragma once

#include "live/hub_observer.h"
#include "store/connection/connection_options.h"

struct api;
struct hub;
struct subscriber;

struct hub_options {
    const struct api *api;           // borrowed
    struct connection_options store; // for its two connections
    struct hub_observer observer;    // called by the hub's thread
};

// Starts its thread. RETRY without memory or threads.
int hub_start(const struct hub_options *options, struct hub **out, struct err *err);
// Any thread. The hub becomes an owner of the subscriber and tells it all from now on. If the hub
// is stopping, it ends the subscriber instead.
void hub_join(struct hub *hub, struct subscriber *subscriber);
// Any thread. The position from which a reader can resume who reads a list now; -1: none yet.
int64_t hub_position(const struct hub *hub);
// Ends all streams and waits for the thread to end. May be called twice. Accepts NULL.
void hub_finish(struct hub *hub);
// Finishes it first. Accepts NULL.
void hub_free(struct hub *hub);
