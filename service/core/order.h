// SPDX-License-Identifier: Apache-2.0
// The total order of events (docs/design.md, section 5): occurred_at, event_id, kind, canonical
// content.
#pragma once

#include "core/event.h"

// The canonical content is compared member by member in this order: attempt, type, creator_id,
// cancellable, progress, error_code, has_command, command_id, message (as far as the history keeps
// it, then whole), result_uri, error_detail.
// A member that the kind does not have is at rest and so never decides. Absent texts come before
// present ones, texts are compared byte by byte. <0, 0 or >0; 0 only for the same fact.
int event_compare(const struct event *a, const struct event *b);
