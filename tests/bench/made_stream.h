// SPDX-License-Identifier: Apache-2.0
// The made stream of the benchmark: jobs of six events each (created, started, three times
// progressed, ended), a fixed number of them open at a time, their events interleaved at random.
// The same seed makes the same stream, byte for byte. Not thread-safe.
#pragma once

#include "core/event.h"

enum { MADE_EVENTS_A_JOB = 6 };

struct made_stream;

struct made_stream_options {
    uint64_t seed;
    size_t events; // whole jobs first; the last one may have fewer than six
    size_t open_jobs;
};

// What the read model must hold once all is projected.
struct made_totals {
    size_t jobs;
    size_t accepted, running, successful, failed, dismissed;
};

// NULL without memory.
struct made_stream *made_stream_new(const struct made_stream_options *options);
void made_stream_free(struct made_stream *stream);
// The next event, its texts borrowed until the next call; false past the last one.
bool made_stream_next(struct made_stream *stream, struct event *out);
// Of the events handed out so far.
const struct made_totals *made_stream_totals(const struct made_stream *stream);
