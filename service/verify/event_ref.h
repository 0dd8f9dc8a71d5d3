// SPDX-License-Identifier: Apache-2.0
// Where an event was read.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/uuid.h"

struct event_ref {
    struct uuid id;
    int64_t offset;
    size_t source; // its place among the sources
};
