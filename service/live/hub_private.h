// SPDX-License-Identifier: Apache-2.0
// What the files of the hub share; they call each other downwards:
//
//   hub.c ──▶ hub_joining.c ──▶ hub_rows.c ──▶ hub_observer.c
//     └─────▶ hub_telling.c ───────────────────────▲
//
// All of it belongs to the hub's thread, except what is said to be shared.
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "live/audience.h"
#include "live/change_ring.h"
#include "live/change_window.h"
#include "live/hub.h"
#include "store/reader/change_reader.h"
#include "view/reader_link.h"
#include "view/visit.h"

struct hub {
    struct hub_options options;
    struct change_reader *changes; // owned
    struct reader_link rows;
    struct backoff connecting;
    int64_t complain_at_us; // monotonic: not before
    struct change_window window;
    struct change_ring ring;
    struct audience *audiences;  // owned, each with at least one subscriber
    struct subscriber *arriving; // taken from joining, and not in an audience yet
    size_t clients;              // subscribers in audiences
    int64_t server_started_us;   // the server whose ids are in the window; 0: none yet
    bool server_is_replica;      // likewise
    int64_t told;                // the position up to which all subscribers were told
    int64_t now_us;              // when this round began (monotonic)
    int64_t wall_us;             // the same by the wall clock
    int64_t as_of_us;            // how fresh the read model was when it was last asked
    struct visit visit;          // the viewer for whom a job is put into words

    pthread_t thread;
    bool is_started;
    // Shared, under the mutex.
    pthread_mutex_t mutex;
    pthread_cond_t wakes; // by the monotonic clock
    struct subscriber *joining;
    bool stopping;
    _Atomic int64_t position; // shared: up to where changes were read
};

// hub_rows.c: tells an audience's changed jobs to its subscribers; position is the id of the
// messages. DONE: all of them; else as job_reader_find, and the jobs that are left are told another
// time.
int hub_tell_jobs(struct hub *hub, struct audience *audience, int64_t position, struct err *err);

// hub_joining.c: puts subscribers who join into their audiences, and tells them what they missed,
// as many as one round has time for. Else than DONE: as job_reader_find. Those who are left join in
// a later round.
int hub_admit(struct hub *hub, struct err *err);

// hub_telling.c: tells each subscriber of a reset that is due, of freshness, and that its token has
// expired. Wakes the connections of those who were told something, and frees those who left.
void hub_tell_each(struct hub *hub);
// Ends all streams. No subscriber is left.
void hub_end_all(struct hub *hub);

// hub.c, for tests: a hub without a thread, to be freed by hub_free, and one round of it at that
// moment.
int hub_new(const struct hub_options *options, struct hub **out, struct err *err);
void hub_round(struct hub *hub, int64_t now_us, int64_t wall_us);
