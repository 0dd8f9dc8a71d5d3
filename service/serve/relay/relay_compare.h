// SPDX-License-Identifier: Apache-2.0
// Holds the ledger against the topics of commands and decisions, from where it was held last: what
// was published and is not in the ledger, which has lost it, is recorded as found again. So a
// command that went out is never issued a second time, and who asked for it gets the answer that
// was given.
//
// It is done whenever the lock was taken, and when something stands in these topics that this relay
// did not put there. Where the database's epoch is another than at the last time, nothing is
// published and no gate decides until it is done.
#pragma once

#include "kafka/log_reader.h"
#include "serve/relay/found_records.h"
#include "serve/relay/published_log.h"
#include "serve/relay/relay_retry.h"

struct relay_comparison {
    struct relay_retry retry;
    bool is_wanted;     // as soon as it can be
    bool is_under_way;  // the logs are being read
    atomic_bool holds;  // nothing may be published before it is done
    bool may_note;      // nothing of ours is under way to a mark
    int64_t at_us;      // not before (monotonic)
    int64_t note_at_us; // when positions are written down next
    char epoch[EPOCH_BYTES];
    char *cluster_id;           // owned
    struct published_log *logs; // owned; commands before decisions
    size_t count, place;        // place: which is read now
    struct log_reader *reader;  // owned; NULL: nothing is read
    bool is_started;            // the place is
    struct found_records records;
    size_t found, lost, foreign; // of this comparison: rows, and records that are not ours
};
