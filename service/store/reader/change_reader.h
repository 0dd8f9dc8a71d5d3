// SPDX-License-Identifier: Apache-2.0
// The changes as they become visible: which jobs each transaction changed, of all organisations.
// For the live hub alone, which shows nobody more than their own. Everything blocks, within the
// time limits given; a reader belongs to one thread.
//
// Times are the primary's, also where a streaming replica is read: so readers of the primary and of
// replicas mean the same by them. A replica knows the time of the last commit that it has replayed;
// its own clock plays no part.
#pragma once

#include "core/row.h"
#include "store/connection/connection_options.h"

struct change_reader;

enum {
    CHANGE_JOBS_MAX = 5000, // of one transaction whose jobs are named
    CHANGES_MAX = 200,      // in one answer
};

struct viewed_change {
    int64_t id;
    int64_t began_at_us; // its transaction, by the server's clock
    bool is_large;       // too many jobs to be named: keys have organisations alone, each once
    const struct job_key *keys;
    size_t count;
};

// As job_reader_new and the like; but the role is the owner's.
struct change_reader *change_reader_new(const struct connection_options *options, struct err *err);
void change_reader_free(struct change_reader *reader); // Accepts NULL.
int change_reader_connect(struct change_reader *reader, struct err *err);
bool change_reader_is_connected(const struct change_reader *reader);
void change_reader_disconnect(struct change_reader *reader);

struct viewed_changes {
    const struct viewed_change *changes; // ascending ids
    size_t count;
    bool is_all;      // nothing more is visible behind the id asked for
    int64_t asked_us; // all that was visible on the primary then is there
    int64_t seen_us;  // all that is there was visible on the primary then
};

struct change_start {
    int64_t after;             // an id: no change before it is still to become visible
    int64_t all_since_us;      // all that became visible since then lies behind it
    int64_t server_started_us; // of two that differ, neither ids nor times can be compared
    bool is_replica;           // likewise: one that was promoted is another server
};

// Where to begin, so that whoever was told all up to RESUME_S ago (core/stream_resume.h) can
// resume.
int change_reader_start(struct change_reader *reader, struct change_start *out, struct err *err);
// What is visible behind the id after, at most CHANGES_MAX, and of the missing ones. Borrowed until
// the next call. RETRY and FATAL as job_reader_list; RETRY also when a replica was promoted.
int change_reader_read(struct change_reader *reader, int64_t after, const int64_t *missing,
                       size_t missing_count, struct viewed_changes *out, struct err *err);
