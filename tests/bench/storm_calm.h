// SPDX-License-Identifier: Apache-2.0
// The organisation that does nothing unusual while another one storms: its members ask for their
// first page at a steady rate, half of them over a new connection each, and read live streams in
// which they are told of events that are sent at a steady rate. Meanwhile jobs of the storming
// organisation change too. One thread, the caller's.
#pragma once

#include <stdint.h>
#include <stdio.h>

enum { CALM_MEMBERS = 4, CALM_JOBS = 20 };

#define CALM_ORGANIZATION "org-0"

// Jobs of the other organisation that change meanwhile, NAME-0 to NAME-(count - 1).
struct calm_changes {
    const char *name, *type;
    size_t count, message_size;
    size_t rate; // a second
};

struct calm_options {
    uint16_t port;
    const char *tokens; // a file, one a line, of CALM_MEMBERS
    const char *topic;
    size_t list_rate, news_rate; // a second
    struct calm_changes changes;
};

struct calm_times {
    size_t count;
    size_t missed; // lists that were not answered 200, news that was not told
    double p50_ms, p99_ms, max_ms;
};

struct calm_result {
    struct calm_times lists; // from when it was due to be asked to all of the answer
    struct calm_times news;  // from before an event was sent to its being told, for each stream
    size_t resets;
};

struct calm;

// Creates the jobs of both, and ends when the broker has them.
void calm_create(const struct calm_options *options);

// Opens the streams. Without what it needs the program ends, as whenever a stream ends.
struct calm *calm_open(const struct calm_options *options);
// May be called again.
void calm_run(struct calm *calm, size_t seconds, struct calm_result *result);
void calm_close(struct calm *calm);

void calm_print(const struct calm_result *result, FILE *out);
