// SPDX-License-Identifier: Apache-2.0
// Whether a record that cannot be understood becomes a dead letter now, or is held and tried again
// for a while. An unknown schema, or more than half of 1,000 records refused for one reason, smells
// of a wrong registry rather than of wrong records (docs/design.md, section 6, "Dead letters").
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { PATIENCE_WINDOW = 1000 };

struct patience {
    int64_t patience_us;
    const char *reason;    // that is counted and waited for; NULL: none
    int window, refused;   // records in the window, and those refused for that reason
    int64_t held_since_us; // TIME_NONE: nothing is held
    bool spent;            // waited in vain: let go until a whole window is understood
    int understood;        // in a row
};

void patience_init(struct patience *patience, int64_t patience_us);
// A record was understood.
void patience_understood(struct patience *patience);
// A record was refused for a reason (a constant). suspicious: even one is held at first. True: hold
// it and ask again with the same record; false: it is a dead letter.
bool patience_holds(struct patience *patience, const char *reason, bool suspicious, int64_t now_us);
