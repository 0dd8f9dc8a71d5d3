// SPDX-License-Identifier: Apache-2.0
// How many of something that lasts (a live stream, say) a member, an organisation and all together
// have at once: nobody takes what others need. Thread-safe.
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

struct share_limits {
    size_t member, organization, all; // each at least 1
};

enum share_answer {
    SHARE_TAKEN,
    SHARE_OF_MEMBER, // the member has as many as one may have
    SHARE_OF_ORGANIZATION,
    SHARE_OF_ALL,
    SHARE_NO_MEMORY,
};
enum { SHARE_ANSWERS = SHARE_NO_MEMORY + 1 };

struct share;

// RETRY without memory.
int share_new(const struct share_limits *limits, struct share **out, struct err *err);
// Whatever was not given back is forgotten. Accepts NULL.
void share_free(struct share *share);
// One more; only with SHARE_TAKEN it is to be given back.
enum share_answer share_take(struct share *share, struct slice organization_id,
                             struct slice member) MUST_CHECK;
void share_give_back(struct share *share, struct slice organization_id, struct slice member);
