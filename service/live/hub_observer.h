// SPDX-License-Identifier: Apache-2.0
// How the hub's thread tells what happens to whoever counts it.
#pragma once

#include <stdint.h>

enum hub_event { HUB_CLIENTS, HUB_MESSAGES, HUB_RESETS, HUB_EXPIRED, HUB_TOO_SLOW };

struct hub_observer {
    // How many clients there are now, and how many more of each of the others there were. NULL:
    // nobody counts.
    void (*observe)(void *self, enum hub_event event, int64_t value);
    void *self;
};

void hub_observe(const struct hub_observer *observer, enum hub_event event, int64_t value);
