// SPDX-License-Identifier: Apache-2.0
// How much of something that is held for a while (live streams, bytes of answers) a member, an
// organisation and all together have at once: nobody takes what others need. Thread-safe.
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

struct share_limits {
    size_t member, organization, all; // each at least 1
};

enum share_answer {
    SHARE_OF_MEMBER, // refused: the member would have more than one may have
    SHARE_OF_ORGANIZATION,
    SHARE_OF_ALL,
    SHARE_LIMITS, // how many limits there are
    SHARE_NO_MEMORY = SHARE_LIMITS,
    SHARE_TAKEN,
};

struct share;

// RETRY without memory.
int share_new(const struct share_limits *limits, struct share **out, struct err *err);
// Whatever was not given back is forgotten. Accepts NULL.
void share_free(struct share *share);
// So much more, which may be more than a share for whoever has nothing; only with SHARE_TAKEN it is
// to be given back.
enum share_answer share_take(struct share *share, struct slice organization_id, struct slice member,
                             size_t amount) MUST_CHECK;
void share_give_back(struct share *share, struct slice organization_id, struct slice member,
                     size_t amount);
