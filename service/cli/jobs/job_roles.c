// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/job_roles.h"

#include "cli/jobs/job_members.h"

static bool is_same(const json_t *a, const json_t *b, const char *name)
{
    const json_t *of_a = json_object_get(a, name), *of_b = json_object_get(b, name);

    return (!of_a && !of_b) || json_equal(of_a, of_b);
}

// The best of a set, which the API gives first.
static const json_t *best_of(const json_t *events, struct slice set)
{
    for (size_t i = 0; i < json_array_size(events); i++)
        if (slice_equal(member_text(json_array_get(events, i), "set"), set))
            return json_array_get(events, i);
    return NULL;
}

// Whatever its attempt, the earliest creation holds.
static enum event_role role_of_creation(const json_t *event, const json_t *best)
{
    bool says_the_same = is_same(event, best, "creatorID") && is_same(event, best, "processID") &&
                         is_same(event, best, "cancellable");

    return says_the_same ? ROLE_SUPERSEDED : ROLE_CONTRADICTING;
}

enum event_role event_role_of(const json_t *job, const json_t *events, size_t place)
{
    const json_t *event = json_array_get(events, place);
    const json_t *best = best_of(events, member_text(event, "set"));

    if (member_is(event, "set", "creation"))
        return event == best ? ROLE_DECIDES : role_of_creation(event, best);
    if (member_integer(event, "attempt", 1) < member_integer(job, "attempt", 1))
        return ROLE_EARLIER_ATTEMPT;
    if (event == best)
        return ROLE_DECIDES;
    return is_same(event, best, "kind") ? ROLE_SUPERSEDED : ROLE_CONTRADICTING;
}

const char *event_role_name(enum event_role role)
{
    static const char *const names[] = {
        [ROLE_DECIDES] = "decides",
        [ROLE_SUPERSEDED] = "superseded",
        [ROLE_CONTRADICTING] = "contradicting",
        [ROLE_EARLIER_ATTEMPT] = "earlier attempt",
    };

    return names[role];
}

const json_t *event_that_decides(const json_t *job, const json_t *events, const char *set)
{
    for (size_t i = 0; i < json_array_size(events); i++)
        if (member_is(json_array_get(events, i), "set", set) &&
            event_role_of(job, events, i) == ROLE_DECIDES)
            return json_array_get(events, i);
    return NULL;
}

size_t event_role_count(const json_t *job, const json_t *events, const char *set,
                        enum event_role role)
{
    size_t count = 0;

    for (size_t i = 0; i < json_array_size(events); i++)
        count += member_is(json_array_get(events, i), "set", set) &&
                 event_role_of(job, events, i) == role;
    return count;
}
