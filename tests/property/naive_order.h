// SPDX-License-Identifier: Apache-2.0
// The total order of events and the order within a history set, in the plainest words: the
// oracle's own, sharing nothing with core.
#pragma once

#include "property/naive_entry.h"

// By occurred_at, event_id, kind, then canonical content: absent texts before present ones, texts
// by bytes, false before true. 0 only for events that are equal in all that their kind has.
int naive_event_compare(const struct event *a, const struct event *b);

// What history keeps of an event; the slices are the event's own.
struct history_entry naive_entry(const struct event *event);

// Of one set, the better one first. 0 only for entries that are one entry.
int naive_entry_compare(enum history_set_kind set, const struct history_entry *a,
                        const struct history_entry *b);
