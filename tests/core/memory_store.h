// SPDX-License-Identifier: Apache-2.0
// A store_port that keeps rows, positions, totals and dead letters in memory, with the guards
// of the real one, and fails on command. What it is given is copied when it is given.
#pragma once

#include "core/projector.h"

enum {
    MEMORY_ROWS_MAX = 512,
    MEMORY_SOURCES_MAX = 4,
    MEMORY_COUNTS_MAX = 64,
    MEMORY_LETTERS_MAX = 8
};

struct memory_row {
    struct arena arena;
    struct job_columns columns; // in the arena
    int64_t revision;
};

struct memory_count {
    char organization_id[16], type[16];
    enum job_status status;
    int64_t total;
};

struct memory_letter {
    int64_t offset;
    const char *reason;
};

struct memory_store {
    struct memory_row rows[MEMORY_ROWS_MAX];
    size_t row_count;
    struct {
        char topic[16];
        int32_t partition;
        struct source_position position;
        struct log_end_seen seen; // its source is left out
    } sources[MEMORY_SOURCES_MAX];
    size_t source_count;
    struct memory_count counts[MEMORY_COUNTS_MAX];
    size_t count_count;
    struct memory_letter letters[MEMORY_LETTERS_MAX];
    size_t letter_count;

    // What is under way: answered when the test lets it be.
    enum store_state under_way;
    bool held; // poll says STORE_BUSY
    const struct job_key *read_keys;
    size_t read_count;
    struct stored_row answer[MEMORY_ROWS_MAX];
    struct {
        int rc;
        const char *reason;
    } fail_next;                // of the write under way, once
    int64_t rules_version;      // rows that were judged by others are refused
    int64_t poisonous_event_at; // a row updated at this second is refused; 0: none

    // What was asked for so far.
    size_t reads, locked_reads, writes, committed, keys_read, rows_written;
};

void memory_store_init(struct memory_store *store);
void memory_store_close(struct memory_store *store);
struct store_port memory_store_port(struct memory_store *store);
// What a new connection does: nothing is under way any more.
void memory_store_reconnect(struct memory_store *store);
// A rival's deed: the row of job "job" is folded with the event and stored at a new revision,
// totals kept right.
void memory_store_rival(struct memory_store *store, const struct event *event);

// What retention does: removes a row, totals kept right.
void memory_store_remove(struct memory_store *store, size_t row);

const struct memory_row *memory_store_row(const struct memory_store *store, const char *job);
int64_t memory_store_total(const struct memory_store *store, const char *type,
                           enum job_status status);
// The totals are what counting the rows gives.
void assert_totals_are_right(const struct memory_store *store);
