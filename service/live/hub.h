// SPDX-License-Identifier: Apache-2.0
// The live hub: one thread a process that reads what was changed, once, and tells it to all
// subscribers whose scope and filter it concerns.
//
//   jobtrail.change ──▶ window (what is new) ──▶ ring (for whoever resumes)
//                                │
//                                └──▶ audiences, one an organisation: jobs to read
//                                        └──▶ rows, read once ──▶ frames ──▶ subscribers' queues
//
// A message's id is the position from which its reader would resume: the moment, by the database's
// clock, up to which all that was visible has been told. It is that of the round before, so that a
// round that was cut short is told again; the message of freshness that follows has the new one. It
// is a moment and not the id of a change, since that would show how much goes on among jobs that
// the reader may not see.
//
// Shared with other threads: the list of those who join, the position, and subscribers, each with
// a lock of its own.
#pragma once

#include "live/hub_observer.h"
#include "store/connection/connection_options.h"

struct api;
struct hub;
struct subscriber;

struct hub_options {
    const struct api *api;           // borrowed
    struct connection_options store; // of its two connections
    struct hub_observer observer;    // called by the hub's thread
};

// Starts its thread. RETRY without memory or threads.
int hub_start(const struct hub_options *options, struct hub **out, struct err *err);
// Any thread. From now on the hub tells the subscriber, of whom it owns a part; one that is
// stopping ends it.
void hub_join(struct hub *hub, struct subscriber *subscriber);
// Any thread. The position from which to resume for whoever reads lists from now on; -1: not known
// yet.
int64_t hub_position(const struct hub *hub);
// Ends all streams, and waits for its thread. May be called twice. Accepts NULL.
void hub_finish(struct hub *hub);
// Finishes first.
void hub_free(struct hub *hub);
