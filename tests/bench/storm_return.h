// SPDX-License-Identifier: Apache-2.0
// Readers of live streams who lose them all at once, as when a proxy is restarted, and come back at
// once, each from where it was: somewhere in the last forty seconds. One thread of its own.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct storm_return;

struct storm_return_options {
    uint16_t port;
    const char *tokens; // a file, one a line and each a reader
    size_t readers;
};

// Opens the streams, and waits until all have begun.
struct storm_return *storm_return_open(const struct storm_return_options *options);
// They close, and come back; from now on the thread reads them.
void storm_return_begin(struct storm_return *back);
// Ends the thread.
void storm_return_stop(struct storm_return *back);
// After it was stopped: how soon they were told all that they had missed, as members of a JSON
// object.
void storm_return_print(const struct storm_return *back, FILE *out);
void storm_return_free(struct storm_return *back);
