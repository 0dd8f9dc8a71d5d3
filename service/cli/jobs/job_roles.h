// SPDX-License-Identifier: Apache-2.0
// The part that each event of a job's history plays: in each set the first one decides, by the
// rules of the fold; the API gives them in that order. Pure.
#pragma once

#include <jansson.h>

#include "base/attributes.h"

enum event_role {
    ROLE_DECIDES,         // the job shows what it says
    ROLE_SUPERSEDED,      // it says the same as the one that decides
    ROLE_CONTRADICTING,   // it says something else than the one that decides
    ROLE_EARLIER_ATTEMPT, // it belongs to an attempt that a later one has replaced
};

// events: the history's; place: of the event in it.
enum event_role event_role_of(const json_t *job, const json_t *events, size_t place);
// "decides", "superseded", "contradicting", "earlier attempt".
const char *event_role_name(enum event_role role);
// The event of that set which decides; NULL: none does.
const json_t *event_that_decides(const json_t *job, const json_t *events, const char *set);
// How many events of a set play a role.
size_t event_role_count(const json_t *job, const json_t *events, const char *set,
                        enum event_role role);
