// SPDX-License-Identifier: Apache-2.0
// Where a partition's projection goes on, and whether the log there is still the one that was read
// (docs/design.md, section 6): a topic that was deleted and made again, truncated or expired, or
// another cluster behind the same name, is noticed and never skipped over.
#pragma once

#include "core/ports.h"
#include "core/tracks.h"

// FNV-1a, 64 bits, over timestamp, key and value; absent differs from empty. Kept in the database:
// never to be changed.
int64_t record_hash(int64_t timestamp_ms, struct slice key, struct slice value);

// What is remembered of a source beside its position: some older records that were read, the newest
// first.
enum { CHECKPOINTS_MAX = 4 };

struct stored_position {
    bool found; // else nothing else is set: it is a new source
    struct source_position position;
    struct slice cluster_id; // that it was read from; absent: not known
    struct read_record checkpoints[CHECKPOINTS_MAX];
    size_t checkpoint_count;
};

// The log as the broker has it now: from low to before high.
struct log_bounds {
    int64_t low, high;
    struct slice cluster_id; // absent: not known
};

// Judges a stored position. *begin: the first offset to read: the last record's once more, if the
// log still has it (*expects_last), so that it can be compared.
// 0, or FATAL, naming the command that accepts the loss: OTHER_CLUSTER, POSITION_PAST_END,
// POSITION_EXPIRED.
int position_judge(const struct source *source, const struct source_position *position,
                   struct slice stored_cluster_id, const struct log_bounds *log, int64_t *begin,
                   bool *expects_last, struct err *err);

// Whether an error of position_judge or position_compare says that the log is another one, or lacks
// what was read of it: then so may the topic's other partitions.
bool position_is_of_other_log(const struct err *err);

// Compares the first record from an offset on, of a log that keeps that offset, with the one that
// was read there. None, or one behind it, is another: a committed record stays where it is.
// 0, or FATAL with reason OTHER_RECORD.
int position_compare(const struct source *source, const struct read_record *expected,
                     const struct read_record *found, struct err *err);
