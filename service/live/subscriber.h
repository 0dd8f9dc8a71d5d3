// SPDX-License-Identifier: Apache-2.0
// One reader of the live stream: what they may see and asked for, and what waits to be sent to
// them. Shared by the hub, which fills the queue, and the connection, which empties it; each owns
// one half of it, and whoever lets go last frees it.
#pragma once

#include <microhttpd.h>

#include "http/connections.h"
#include "live/frame.h"
#include "store/reader/job_reader.h"
#include "view/viewer.h"

enum {
    ROUND_MAX_BYTES = 1024 * 1024, // of what one round of the hub tells one of them
    QUEUED_MAX_BYTES = 2 * ROUND_MAX_BYTES,
};

enum stream_end { STREAM_TOKEN_EXPIRED, STREAM_TOO_SLOW, STREAM_STOPPING, STREAM_ENDS };

struct subscriber {
    struct subscriber *next; // of the hub's list
    // Constant once it is made; texts are in `texts`, or in `lower`.
    struct viewer viewer;
    struct job_scope scope;
    bool sees_jobs; // else there is nothing but signs of life
    struct job_filter filter;
    int64_t resume_from;   // a position; -1: from now on
    int64_t expires_at_us; // wall clock
    char *texts, *lower;   // owned
    // The hub's thread alone.
    int64_t told_us, told_as_of_us; // when freshness was told last (monotonic), and what
    int64_t reset_us;               // when a reset was told last (monotonic); 0: never
    size_t round_bytes;             // told in this round
    bool is_touched;                // it has been given something since it was woken last
    bool is_stale;                  // it missed something, and is not told yet
    bool is_lower;                  // filter.text is in lower case
    // Shared, under the mutex.
    pthread_mutex_t mutex;
    unsigned owners;
    struct MHD_Connection *mhd; // NULL: it is closed
    struct connections *connections;
    struct connection *connection;
    bool sleeps; // the connection is suspended: there was nothing to send
    bool ends;   // nothing more is taken on
    bool was_too_slow;
    struct frame_queue queue;
};

struct subscription { // borrowed while subscriber_new runs
    const struct viewer *viewer;
    const struct job_scope *scope; // NULL: they may see no job
    const struct job_filter *filter;
    int64_t resume_from;
};

// With one owner, whose connection it is. NULL without memory.
struct subscriber *subscriber_new(const struct subscription *subscription);
// The owner lets go. Accepts NULL.
void subscriber_free(struct subscriber *subscriber);
struct subscriber *subscriber_share(struct subscriber *subscriber);
// The filter's text as it is compared. False without memory.
bool subscriber_set_text(struct subscriber *subscriber, struct slice text) MUST_CHECK;

// The connection's side: from when on it reads, and that it is closed.
void subscriber_open(struct subscriber *subscriber, struct MHD_Connection *mhd,
                     struct connections *connections, struct connection *connection);
void subscriber_close(struct subscriber *subscriber);
// MHD_ContentReaderCallback, with the subscriber.
ssize_t subscriber_read(void *self, uint64_t position, char *out, size_t size);

// The hub's side. Adds; it is sent when the subscriber is woken. False: they are too slow, or
// memory is short, and the stream ends. frame NULL: there was no memory for it.
bool subscriber_add(struct subscriber *subscriber, struct frame *frame);
void subscriber_wake(struct subscriber *subscriber);
// Says why, sends what waits (unless they are too slow for it), and ends.
void subscriber_end(struct subscriber *subscriber, enum stream_end why);
// Closed, or ending: nothing more is to be done. *too_slow (may be NULL): that is why.
bool subscriber_is_over(struct subscriber *subscriber, bool *too_slow);
