// SPDX-License-Identifier: Apache-2.0
// What core asks of the world, as small structs of function pointers, so that a test can be a
// whole world. Every call is made on the thread that drives the projector.
#pragma once

#include "core/row.h"

// A partition of a topic of events.
struct source {
    struct slice topic;
    int32_t partition;
};

// What jobtrail.source_position remembers of a source.
struct source_position {
    int64_t next_offset;       // the next one to read
    int64_t last_offset;       // of the last record read, -1: none yet
    int64_t last_timestamp_ms; // Kafka's, of that record
    int64_t last_hash;         // record_hash of that record (core/position.h)
};

// A record that was read.
struct read_record {
    int64_t offset, timestamp_ms, hash;
};

// A batch moves a source from where it must still stand (compare-and-set on next_offset).
struct position_move {
    struct source source;
    int64_t expected_next_offset;
    struct source_position to;
    // Of a source that nothing was read of before, the first record: it is remembered, too. Offset
    // -1: none.
    struct read_record first;
};

// A log end seen for a source, and what it proves.
struct log_end_seen {
    struct source source;
    int64_t log_end; // offset behind the last record, hidden by an open transaction or not
    int64_t seen_at_us;
    // So many its topic had after seen_at_us: those that PostgreSQL does not know yet are noted in
    // the same transaction. 0: as a batch before has told.
    int32_t partitions;
    int64_t caught_up_at_us; // latest moment at which the projection had the whole log; TIME_NONE
};

struct row_write {
    struct job_columns columns;
    bool is_known;         // an update of base_revision, else an insert
    int64_t base_revision; // random, never a counter; meaningless unless is_known
    int64_t revision;      // the new one
    bool error_detail_changed, history_changed; // else the column is left alone (is_known only)
};

// organization_id and type are borrowed; type is empty (not absent) while the creation is unknown.
struct count_delta {
    struct slice organization_id, type;
    enum job_status status;
    int64_t delta; // never 0
};

struct record_header {
    struct slice name, value; // value may be absent
};

struct dead_letter {
    struct source source;
    int64_t offset, timestamp_ms; // Kafka's; -1: none
    struct slice key, value;      // may be absent
    const struct record_header *headers;
    size_t header_count;  // none that goes no further (core/secret_header.h)
    const char *stage;    // "decode", "check" or "store"
    const char *reason;   // as in struct err
    struct slice message; // struct err's text
};

// Everything one transaction does. All is borrowed for the call that takes it alone: the rows go on
// changing while the transaction runs.
struct batch_write {
    const struct position_move *moves; // sorted by topic, partition
    size_t move_count;
    const struct row_write *rows; // sorted by job_key_compare, each job once
    size_t row_count;
    const struct count_delta *counts; // sorted by organization_id, type, status
    size_t count_count;
    int32_t count_shard; // which share of the totals this writer adds to
    const struct dead_letter *dead_letters;
    size_t dead_letter_count;
    const struct log_end_seen *log_ends;
    size_t log_end_count;
    int64_t rules_version; // by which its rows were judged
};

// A row as it stands in PostgreSQL. Slices are borrowed until the next call of the port.
struct stored_row {
    struct job_columns columns;
    int64_t revision;
};

enum store_state {
    STORE_IDLE,    // nothing is under way
    STORE_BUSY,    // under way, no answer yet
    STORE_ROWS,    // a read is answered
    STORE_WRITTEN, // a write is committed
};

// PostgreSQL, as one worker sees it: one thing under way at a time, nothing blocks. write_batch and
// read_rows fail as poll does. Any error leaves nothing under way and no transaction open.
// Dispositions:
//
//   RETRY   The connection or server failed; it is not known whether a write under way was
//           committed. The caller drops all it holds of rows and positions.
//   RETRY   STORE_ROW_REPLACED: a row's base was not the one named, or an insert met a row; nothing
//           was written, the connection is as good as before.
//   RETRY   STORE_TOO_SLOW: it took longer than it may; nothing was written.
//   RETRY   STORE_RULES_CHANGED: horizons moved or a member was erased since the rows were judged;
//           nothing was written. The caller drops all it holds and learns the rules anew.
//   FENCED  STORE_POSITION_MOVED: somebody else moved one of the positions; nothing was written.
//   FENCED  STORE_PROJECTION_SWAPPED: a rebuilt projection is the live one now; nothing was
//   written,
//           and the connection, which knew the other one, is gone.
//   POISON  The values of the rows were refused; nothing was written.
//   FATAL   The schema is not migrated, or the like.
#define STORE_POSITION_MOVED     "POSITION_MOVED"
#define STORE_PROJECTION_SWAPPED "PROJECTION_SWAPPED"
#define STORE_ROW_REPLACED       "ROW_REPLACED"
#define STORE_TOO_SLOW           "TOO_SLOW"
#define STORE_RULES_CHANGED      "RULES_CHANGED"

struct store_port {
    void *self;
    // Asks for the rows of these keys, sorted by job_key_compare, each once. lock: opens the
    // transaction that the next write commits, and takes them FOR UPDATE in that order.
    int (*read_rows)(void *self, const struct job_key *keys, size_t count, bool lock,
                     struct err *err);
    // Starts the transaction of a batch (or goes on with the one that a locking read opened).
    int (*write_batch)(void *self, const struct batch_write *batch, struct err *err);
    // How the thing under way stands. STORE_ROWS: *rows and *count are set, in no order, absent
    // ones missing; valid until the next call.
    int (*poll)(void *self, enum store_state *state, const struct stored_row **rows, size_t *count,
                struct err *err);
};

struct random_port {
    void *self;
    uint64_t (*u64)(void *self);
};
