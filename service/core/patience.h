// SPDX-License-Identifier: Apache-2.0
// Whether a record that cannot be understood becomes a dead letter now, or is held and tried again
// for a while. An unknown schema, or more than half of 1,000 records refused for one reason, smells
// of a wrong registry rather than of wrong records (docs/design.md, section 6, "Dead letters").
//
// Patience is had with what a record awaits, not with the record: whoever awaits the same, in any
// partition, shares one wait, whose time no other record touches. What was waited for in vain is
// not waited for again for an hour.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
    PATIENCE_WINDOW = 1000,
    PATIENCE_WAITS = 64,  // at a time; what would be one more is not waited for
    PATIENCE_IN_VAIN = 8, // so many within an hour, and none begins: somebody makes schemas up
    AWAITED_NAME_BYTES = 20,
};

#define PATIENCE_REMEMBERS_US INT64_C(3600000000) // that a wait was in vain
#define PATIENCE_ABANDONED_US INT64_C(60000000)   // not asked for so long: nobody waits any more

// What must change before a record is understood.
struct awaited {
    const char *reason; // why it was refused, a constant
    // Of the schema that it names, in a form of its owner's; zeros: whatever else makes for so many
    // that are refused for that reason.
    unsigned char name[AWAITED_NAME_BYTES];
};

struct patience_wait {
    struct awaited awaited;     // its reason is NULL: this one is free
    int64_t since_us, asked_us; // when it began, and when it was last asked about
    int64_t in_vain_us;         // when patience ended; TIME_NONE: it goes on
};

struct patience {
    int64_t patience_us;
    const char *reason;  // that is counted; NULL: none
    int window, refused; // records in the window, and those refused for that reason
    struct patience_wait waits[PATIENCE_WAITS];
};

void patience_init(struct patience *patience, int64_t patience_us);
// A record was understood.
void patience_understood(struct patience *patience);
// A record was refused. suspicious: even one is held. True: hold it, and ask again with the same
// record, at least every few seconds; false: it is a dead letter.
bool patience_holds(struct patience *patience, const struct awaited *awaited, bool suspicious,
                    int64_t now_us);
