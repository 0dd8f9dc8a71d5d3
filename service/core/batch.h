// SPDX-License-Identifier: Apache-2.0
// What one transaction will write, while it is being gathered: the rows that changed, the dead
// letters. Positions are the tracks' affair (core/tracks.h).
#pragma once

#include "core/cache.h"
#include "core/ports.h"

struct batch {
    uint8_t bit; // in cached_row.listed, its own

    struct cached_row **rows; // owned array; each listed once
    size_t row_count, row_capacity;
    struct dead_letter *dead_letters; // owned array; contents in the arena
    size_t dead_letter_count, dead_letter_capacity;
    struct arena arena;

    size_t records; // events folded and dead letters
    size_t bytes;   // of what they brought, about

    // The record that a batch of one record has: what POISON is then about.
    struct source only_source; // borrowed from its track
    int64_t only_offset;
};

void batch_init(struct batch *batch, uint8_t bit);
// Empties it and takes its rows off its list.
void batch_clear(struct batch *batch);
void batch_free(struct batch *batch);
// Counts one record.
void batch_count(struct batch *batch, const struct source *source, int64_t offset, size_t bytes);
// Lists a row unless it is listed. 0, or RETRY without memory.
int batch_list(struct batch *batch, struct cached_row *cached, struct err *err);
// Keeps a copy of the letter (stage and reason are constants). Headers called
// authorization are left out, whatever their case. 0, or RETRY without memory.
int batch_refuse(struct batch *batch, const struct dead_letter *letter, struct err *err);
// Sorts the rows by key: the order in which they are read, locked and written.
// 0, or RETRY without memory.
int batch_sort(struct batch *batch, struct err *err);
