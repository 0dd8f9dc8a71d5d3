// SPDX-License-Identifier: Apache-2.0
// The members of one organisation who do their worst, all in one thread: each asks again as soon as
// it is answered, whatever the answer says, and never more often than http.rate lets one ask.
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "bench/storm_kinds.h"

struct storm_crowd;

struct storm_crowd_options {
    uint16_t port;
    const char *tokens; // a file, one a line and each a member
    size_t members;
    size_t rate;                   // requests a second of one member
    const struct storm_kind *kind; // of all of them; NULL: members have the kinds by turns
};

// Starts the thread. Without what it needs the program ends.
struct storm_crowd *storm_crowd_start(const struct storm_crowd_options *options);
// Ends the thread and closes all connections.
void storm_crowd_stop(struct storm_crowd *crowd);
// After it was stopped: what was asked and how it was answered, as members of a JSON object.
void storm_crowd_print(const struct storm_crowd *crowd, FILE *out);
void storm_crowd_free(struct storm_crowd *crowd);
