// SPDX-License-Identifier: Apache-2.0
// How far each partition of a worker is: what was folded, what was sent, what of its log end is
// proved. A track is made when a partition is taken and ends when it is released.
#pragma once

#include "core/ports.h"

struct track {
    struct source source;            // the topic is owned
    struct source_position position; // folded up to here
    struct read_record first;        // since it was taken; offset -1: none yet
    int64_t sent_next_offset;        // position of the last batch sent, or as taken
    int64_t committed_next_offset;   // as PostgreSQL has it
    bool in_flight;                  // a batch under way moves it
    bool released;                   // to be forgotten once nothing of it is under way

    // The oldest log end seen that the position has not reached, and the newest one.
    int64_t awaited_end, awaited_seen_at_us; // TIME_NONE: none awaited
    int64_t latest_end, latest_seen_at_us;
    int64_t caught_up_at_us; // TIME_NONE: not since it was taken
    int32_t partitions;      // of its topic, as of the newest end seen
    bool log_end_unsent;

    struct track *prev, *next;
};

// NULL without memory.
struct track *track_new(const struct source *source, const struct source_position *position);
void track_free(struct track *track);
// The position moved on: next_offset, and the last record if there was one.
void track_advance(struct track *track, int64_t next_offset, const struct read_record *last);
// The log's end as it was seen at a moment, and how many partitions its topic had after that.
void track_log_end(struct track *track, int64_t log_end, int64_t seen_at_us, int32_t partitions);
// Something of it was not sent yet.
bool track_is_ahead(const struct track *track);
// What a batch that is closed now proves of the log's end.
struct log_end_seen track_take_log_end(struct track *track);
