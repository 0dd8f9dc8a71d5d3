// SPDX-License-Identifier: Apache-2.0
// Members whose name was erased (docs/design.md, section 5, "Erased members"): their events are
// known by a salted digest, and folded as somebody's of whom nothing is known. Pure.
#pragma once

#include "base/err.h"
#include "base/uuid.h"
#include "core/row.h"

// Who created a job and was erased, whoever it was: no member is called so. Whoever says so in an
// event is believed, and nobody can cancel that job.
#define CREATOR_ERASED SLICE_LITERAL("(erased)")

struct erasure {
    int64_t erased_at_us; // what occurred later is not hidden
    struct slice salt;    // borrowed
    unsigned char digest[DIGEST_BYTES];
};

struct erasures {
    const struct erasure *items; // borrowed; those of one salt stand together
    size_t count;
};

// RETRY without memory.
int erasure_digest(struct slice salt, struct slice organization_id, struct slice member_id,
                   unsigned char out[DIGEST_BYTES], struct err *err);
// Replaces the creator of an event of somebody who was erased. 0, or RETRY without memory.
int erasures_apply(const struct erasures *erasures, struct event *event, struct err *err);

// Replaces a member wherever the row names them; absent: everybody whom it names. *changed is set
// if it did, else left alone. 0, or RETRY without memory: the row must be dropped.
int row_erase(struct row *row, struct slice member_id, bool *changed, struct err *err);
// Whether the row names somebody who was erased.
bool row_is_erased(const struct row *row);
