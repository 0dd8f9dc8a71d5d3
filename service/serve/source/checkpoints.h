// SPDX-License-Identifier: Apache-2.0
// Whether logs still have the older records that were read of them. Where a position stands is
// compared when a partition starts; that finds nothing once another log was read on from there
// unnoticed, and this does.
#pragma once

#include "serve/source/start_point.h"

// Where single records are read. As record_probe_read.
struct record_reader {
    void *self;
    int (*read)(void *self, const struct source *source, int64_t offset, int timeout_ms,
                struct kafka_message **out, struct err *err);
};

struct record_probe;
// The real one.
struct record_reader record_reader(struct record_probe *probe);

// Of RETRY: no broker answered for one before it, and it was not asked for.
#define CHECK_NOT_ASKED "NOT_ASKED"

// Compares the oldest checkpoint of each that its log keeps, or else the record that was read last.
// rc is DONE also where there is none; RETRY: it could not be asked, and then those behind it are
// not, so that a broker which hangs costs one question. FATAL with OTHER_RECORD: it is another log.
// Points are not set. Blocks as start_finder_find.
void checkpoints_check(const struct position_keeper *positions, const struct record_reader *reader,
                       struct start_search *searches, size_t count);
