// SPDX-License-Identifier: Apache-2.0
// One reader of the live stream: what they may see and asked for, and the frames that wait to be
// sent to them. The hub fills the queue and the connection empties it. Both own the subscriber: the
// last one that lets go frees it.
#pragma once

#include <microhttpd.h>

#include "http/connections.h"
#include "live/frame.h"
#include "store/reader/job_reader.h"
#include "view/share.h"
#include "view/viewer.h"

enum {
    ROUND_MAX_BYTES = 1024 * 1024, // so much one round of the hub tells one subscriber at most
    QUEUED_MAX_BYTES = 2 * ROUND_MAX_BYTES,
};

enum { SUBSCRIBER_TURN_BYTES = 4096 };

enum stream_end { STREAM_TOKEN_EXPIRED, STREAM_TOO_SLOW, STREAM_STOPPING, STREAM_ENDS };

struct subscriber {
    struct subscriber *next; // of the hub's list
    // Constant once it is made; texts are in `texts`, or in `lower`.
    struct viewer viewer;
    struct job_scope scope;
    bool sees_jobs; // false: it gets signs of life and nothing else
    struct job_filter filter;
    int64_t resume_from; // a position; -1: from now on
    int64_t ends_at_us;  // when its token will do no longer, by the wall clock
    char *texts, *lower; // owned
    // The hub's thread alone.
    int64_t told_us, told_as_of_us; // when freshness was told last (monotonic), and what
    int64_t reset_us;               // when a reset was told last (monotonic); 0: never
    size_t round_bytes;             // told in this round
    bool is_touched;                // something was added since it was woken last
    bool is_stale;                  // it missed something, and a reset is to tell it so
    bool is_lower;                  // filter.text is in lower case by now
    // Shared, under the mutex.
    pthread_mutex_t mutex;
    unsigned owners;
    struct share *share;        // one is taken from it; NULL: no more
    struct MHD_Connection *mhd; // NULL: it is closed
    struct connections *connections;
    struct connection *connection;
    bool sleeps; // the connection is suspended: there was nothing to send
    bool ends;   // nothing more is added
    bool was_too_slow;
    struct frame_queue queue;
};

struct subscription { // borrowed while subscriber_new runs
    const struct viewer *viewer;
    const struct job_scope *scope; // NULL: they may see no job
    const struct job_filter *filter;
    int64_t resume_from;
    struct share *share; // the subscriber gives one back once it is closed; NULL: none was taken
};

// The caller, who has the connection, is its one owner. NULL without memory.
struct subscriber *subscriber_new(const struct subscription *subscription);
// One owner lets go. Accepts NULL.
void subscriber_free(struct subscriber *subscriber);
struct subscriber *subscriber_share(struct subscriber *subscriber);
// Sets the filter's text to the same in lower case. False without memory.
bool subscriber_set_text(struct subscriber *subscriber, struct slice text) MUST_CHECK;

// The connection's side: the connection that reads is known now; it is closed.
void subscriber_open(struct subscriber *subscriber, struct MHD_Connection *mhd,
                     struct connections *connections, struct connection *connection);
void subscriber_close(struct subscriber *subscriber);
// An MHD_ContentReaderCallback; self is the subscriber. It gives at most SUBSCRIBER_TURN_BYTES: the
// thread that asks has hundreds of connections, and serves all that are ready before it looks at
// what others ask. Where each stream could fill what the library has room for, 900 that had missed
// much kept another one's request waiting for tens of milliseconds at each of its steps.
ssize_t subscriber_read(void *self, uint64_t position, char *out, size_t size);

// The hub's side. Adds a frame to what waits, to be sent when the subscriber is woken. False: its
// reader is too slow, or there is no memory (also if frame is NULL), and the stream ends.
bool subscriber_add(struct subscriber *subscriber, struct frame *frame);
void subscriber_wake(struct subscriber *subscriber);
// Adds a last message that says why, and ends the stream once all was sent. For STREAM_TOO_SLOW
// what waits is dropped before.
void subscriber_end(struct subscriber *subscriber, enum stream_end why);
// Whether it is closed or ending, so that nothing more is to be told. *too_slow (may be NULL):
// whether it ended for being too slow.
bool subscriber_is_over(struct subscriber *subscriber, bool *too_slow);
