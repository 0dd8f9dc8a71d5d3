// SPDX-License-Identifier: Apache-2.0
// The way of every record that is read, an event or a cancel request: decode, check, store. What
// cannot be understood is held for a while (core/patience.h) and then kept as a dead letter. What
// the steps do is their owner's; their order, and what each of their answers means, is here.
#pragma once

#include "core/patience.h"
#include "core/ports.h"

enum intake_stage { INTAKE_DECODE, INTAKE_CHECK, INTAKE_STORE };

// What became of a record that was brought.
enum intake_result {
    INTAKE_TAKEN,
    INTAKE_IGNORED,     // it is none of ours, and such are to be ignored
    INTAKE_DEAD_LETTER, // it was kept as a dead letter
    INTAKE_HELD,        // it cannot be told yet: bring it again after a while
    INTAKE_NO_MEMORY,   // bring it again; what the steps have done of it is of no meaning
};

// What a step says of the record. err says why, but for STEP_DONE and STEP_IGNORE.
enum step_answer {
    STEP_DONE,
    STEP_IGNORE,   // decode alone: it is none of ours, and such are to be ignored
    STEP_REFUSE,   // it will never be understood
    STEP_SUSPECT,  // decode alone: the same, but rather our surroundings are to blame
    STEP_HOPELESS, // decode alone: the same, and no waiting mends that
    STEP_NOT_YET,  // it cannot be told now, whatever the record is
    STEP_NO_MEMORY,
};

// A record as it was read; everything is borrowed.
struct intake_record {
    struct source source;
    int64_t offset, timestamp_ms; // Kafka's; -1: none
    bool stamped_by_broker;       // the timestamp is the broker's, not the sender's
    struct slice key, value;      // may be absent
    bool headers_wait; // decode does without the headers: they are read for a dead letter alone
    const struct record_header *headers; // once they are read
    size_t header_count;
};

// What is held of a partition, from one bringing to the next. All zeros at first.
struct intake_hold {
    bool is_held;   // the record of that offset, and held was told
    int64_t offset; // also beyond a rebalance, so that it is told once
};

// Each gets the self of intake_bring. All but held and settled must be there.
struct intake_steps {
    // Sets the record's headers. DONE, or RETRY without memory.
    int (*read_headers)(void *self, struct intake_record *record, struct err *err);
    enum step_answer (*decode)(void *self, const struct intake_record *record, struct err *err);
    // Holds what was decoded against the limits.
    enum step_answer (*check)(void *self, const struct intake_record *record, struct err *err);
    // Gives what was checked to whoever wants it.
    enum step_answer (*store)(void *self, const struct intake_record *record, struct err *err);
    // Keeps the dead letter, which is borrowed for the call. DONE, or RETRY without memory.
    int (*keep)(void *self, const struct dead_letter *letter, struct err *err);
    // The name of what a suspicious record awaits (core/patience.h), zeros so far.
    void (*name_awaited)(void *self, const struct intake_record *record,
                         unsigned char name[AWAITED_NAME_BYTES]);
    int64_t (*now_us)(void *self); // monotonic
    // A record begins to be held: told once, however often the record is brought meanwhile.
    void (*held)(void *self, const struct intake_record *record, const struct err *why);
    // A record is done with: INTAKE_TAKEN, INTAKE_IGNORED or INTAKE_DEAD_LETTER.
    void (*settled)(void *self, enum intake_result result);
};

struct intake {
    struct patience patience;
};

void intake_init(struct intake *intake, int64_t patience_us);
// Takes a record through the steps; hold is its partition's. err is filled with INTAKE_HELD and
// INTAKE_NO_MEMORY.
enum intake_result intake_bring(struct intake *intake, struct intake_hold *hold,
                                const struct intake_steps *steps, void *self,
                                struct intake_record *record, struct err *err);

// The record as a dead letter, which borrows from both.
struct dead_letter intake_dead_letter(const struct intake_record *record, enum intake_stage stage,
                                      const struct err *why);
// The answer of a step that returned a disposition; retry: what RETRY means there.
enum step_answer step_answer_of(int rc, enum step_answer retry);
