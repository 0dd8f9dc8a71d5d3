// SPDX-License-Identifier: Apache-2.0
// What a viewer may see (docs/design.md, section 1). Pure; the one place that knows what a role is
// worth.
#pragma once

#include "store/reader/job_reader.h"
#include "view/viewer.h"

// Jobs, for reading. Administrator: the organisation's; Manager: their own; anybody else: false,
// none, and *out means nothing.
bool scope_for_reading(const struct viewer *viewer, struct job_scope *out) MUST_CHECK;
// Jobs and cancel requests, for cancelling: what they may read, and whatever the role, their own.
void scope_for_cancelling(const struct viewer *viewer, struct job_scope *out);
