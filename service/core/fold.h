// SPDX-License-Identifier: Apache-2.0
// The fold: a job's row from the set of its events, one at a time, in any order, any number of
// times (docs/design.md, section 5). What each rule says stands beside its code in fold.c.
#pragma once

#include "core/row.h"

// Takes one checked event into the row of its job. *changed is set when the row changed, else left
// alone. 0, or RETRY without memory: the row may then hold half of the event and must be dropped.
int fold_event(struct row *row, const struct event *event, bool *changed, struct err *err);

// Takes in all that another row of the same job has seen: the row becomes what the union of both
// sets of events gives. Errors as above.
int fold_join(struct row *row, const struct row *other, bool *changed, struct err *err);
