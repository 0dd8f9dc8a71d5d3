// SPDX-License-Identifier: Apache-2.0
// Who asks: members that create jobs, and those who look like them. Each way of looking alike is
// one that some comparison of texts would let pass.
#pragma once

#include "base/arena.h"
#include "property/dice.h"

enum look_alike {
    OTHER_CASE,
    LEADING_SPACE,
    TRAILING_SPACE,
    OTHER_NORMAL_FORM, // Unicode's NFC for NFD and the other way round
    CONFUSABLE,        // a Cyrillic letter for a Latin one
    PREFIX,
    SUFFIX,
    LONGER,
    NUL_INSIDE, // what a C string would cut off
    EMPTY,
    TEXT_LOOK_ALIKES, // those above are made of the creator's id alone
    IS_JOB_ID = TEXT_LOOK_ALIKES,
    IS_ORGANISATION_ID,
    OTHER_ORGANISATION, // the same member id created the job of that name elsewhere
    OTHER_ATTEMPT,      // the creator, while another attempt has a command of its own
    NO_CREATOR,         // nobody's job
    DISPUTED,           // one of several creators
    OPEN_COMMAND,       // a stranger, while the creator's command is open
    LOOK_ALIKES,
    NO_LOOK_ALIKE = LOOK_ALIKES,
};

const char *look_alike_name(enum look_alike kind);

// A member who creates jobs.
struct slice draw_creator_id(struct dice *dice);

// An id that looks like this one in that way (one of TEXT_LOOK_ALIKES) and is another; lives in the
// arena. False where there is none. Ends the program without memory.
bool draw_text_look_alike(enum look_alike kind, struct slice id, struct dice *dice,
                          struct arena *arena, struct slice *out);
