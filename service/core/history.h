// SPDX-License-Identifier: Apache-2.0
// Why a job is in its state: three bounded sets of events, each ordered by its own winning rule,
// best first (docs/design.md, section 5, "History"). A set is a join semilattice: any order of
// adding gives the same entries.
#pragma once

#include "core/event.h"

enum { HISTORY_SET_MAX = 16, HISTORY_MESSAGE_MAX_BYTES = 256 };

// The winning rules: creations the earliest whatever its attempt; starts and ends the highest
// attempt, then the earliest.
enum history_set_kind { HISTORY_CREATIONS, HISTORY_STARTS, HISTORY_ENDS, HISTORY_SETS };

// An entry is one event as far as it is kept, in the layout that core/pack.h gives it: message cut
// to HISTORY_MESSAGE_MAX_BYTES, result_uri and error_detail left out. The total order of
// core/order.h compares what is missing here last, so that the deciding event is the first entry of
// its set.
struct history {
    char *entries; // owned; set after set, each best first
    uint16_t set_bytes[HISTORY_SETS];
    uint8_t count[HISTORY_SETS];
    size_t bytes; // of memory held
};

// Frees the entries; the history is empty again.
void history_clear(struct history *history);
// The set that an event of this kind belongs to; false for JobProgressed, which is in none.
bool history_set_of(enum event_kind kind, enum history_set_kind *set);
// Adds the event unless its set has it already or has HISTORY_SET_MAX better ones. *changed is set
// when the entries changed, else left alone. 0, or RETRY without memory (the history is as before).
int history_add(struct history *history, const struct event *event, bool *changed, struct err *err);
// Adds all entries of other.
int history_join(struct history *history, const struct history *other, bool *changed,
                 struct err *err);
// The entries of a set, one after another. Borrows from the history.
struct slice history_entries(const struct history *history, enum history_set_kind set);
// An entry as an event: what it does not hold is at rest. Borrows from the history.
struct event history_event(const struct history *history, enum history_set_kind set, int place);
// Reads one entry of that layout from untrusted bytes and moves *packed behind it. False if it is
// cut short.
bool history_read_entry(struct slice *packed, struct event *out) MUST_CHECK;
