// SPDX-License-Identifier: Apache-2.0
// How subscribers join: each is told what it missed since the position that it names, as far as
// that is still remembered, and is then one of its organisation's audience.
//
// When a proxy restarts, everybody comes back at once. Those of one organisation who missed much
// the same catch up together, and a round does only so much of this work: news for those who are
// there already comes first. Organisations take turns.
#include "live/hub_private.h"

enum {
    ROUND_WORK = 2000,   // in jobs read: some 20 ms
    GROUP_WORK = 50,     // what a question costs besides
    GROUP_MAX = 100,     // so that telling what was read costs no more than reading it
    CATCH_UP_MAX = 2000, // whoever missed more jobs is told to read the list again
    TOGETHER_US = 5 * 1000 * 1000,
};

static struct subscriber **end_of(struct subscriber **at)
{
    while (*at)
        at = &(*at)->next;
    return at;
}

// In the order in which they came, behind those who wait already.
static void take_over(struct hub *hub)
{
    struct subscriber *come = NULL;

    pthread_mutex_lock(&hub->mutex);
    while (hub->joining) {
        struct subscriber *next = hub->joining->next;

        hub->joining->next = come;
        come = hub->joining;
        hub->joining = next;
    }
    pthread_mutex_unlock(&hub->mutex);
    *end_of(&hub->arriving) = come;
}

static bool needs_text(const struct subscriber *subscriber)
{
    return !subscriber->is_lower && subscriber->filter.text.size;
}

static int lower_text(struct hub *hub, struct subscriber *subscriber, struct err *err)
{
    struct slice lower;
    int rc;

    if (!needs_text(subscriber))
        return DONE;
    rc = job_reader_lower(hub->rows.reader, subscriber->filter.text, &lower, err);
    if (!rc && !subscriber_set_text(subscriber, lower))
        rc = err_no_memory(err);
    return rc;
}

// Into the audience, which becomes its owner.
static int admit(struct hub *hub, struct subscriber *subscriber, struct err *err)
{
    struct audience *audience;
    int rc = lower_text(hub, subscriber, err);

    if (rc)
        return rc;
    audience = audience_get(&hub->audiences, subscriber->viewer.organization_id);
    if (!audience)
        return err_no_memory(err);
    subscriber->next = audience->first;
    audience->first = subscriber;
    hub->clients++;
    return DONE;
}

// Whether there is nothing to be read for it. What is no longer remembered is not.
static bool is_plain(const struct hub *hub, struct subscriber *subscriber)
{
    int64_t from = subscriber->resume_from;

    if (from >= 0 && (from < hub->ring.floor_us || from > hub->position)) {
        subscriber->is_stale = subscriber->sees_jobs;
        subscriber->resume_from = -1;
    }
    if (!subscriber->sees_jobs)
        subscriber->resume_from = -1;
    return subscriber->resume_from < 0 && !needs_text(subscriber);
}

static int admit_plain(struct hub *hub, struct err *err)
{
    struct subscriber **at = &hub->arriving;

    while (*at) {
        struct subscriber *subscriber = *at, *next = subscriber->next;

        if (subscriber_is_over(subscriber, NULL)) {
            *at = next;
            subscriber_free(subscriber);
        } else if (is_plain(hub, subscriber)) {
            int rc = admit(hub, subscriber, err);

            if (rc)
                return rc; // it stays among those who arrive
            *at = next;
        } else {
            at = &subscriber->next;
        }
    }
    return DONE;
}

static bool is_of(const struct subscriber *subscriber, struct slice organization_id)
{
    return slice_equal(subscriber->viewer.organization_id, organization_id);
}

static bool goes_with(const struct subscriber *subscriber, const struct subscriber *first)
{
    int64_t apart_us = subscriber->resume_from - first->resume_from;

    if (subscriber->resume_from < 0 || first->resume_from < 0)
        return subscriber->resume_from < 0 && first->resume_from < 0;
    return apart_us >= -TOGETHER_US && apart_us <= TOGETHER_US;
}

// Moves the first of those who arrive into the group, and who can catch up together with it. The
// others of its organisation wait behind everybody else's.
static void split(struct hub *hub, struct subscriber **group)
{
    const struct subscriber *first = hub->arriving;
    const struct slice organization_id = first->viewer.organization_id;
    struct subscriber *behind = NULL, **last = &behind, **at = &hub->arriving;
    size_t count = 0;

    while (*at) {
        struct subscriber *subscriber = *at;

        if (!is_of(subscriber, organization_id)) {
            at = &subscriber->next;
            continue;
        }
        *at = subscriber->next;
        subscriber->next = NULL;
        if (count < GROUP_MAX && goes_with(subscriber, first)) {
            *group = subscriber;
            group = &subscriber->next;
            count++;
        } else {
            *last = subscriber;
            last = &subscriber->next;
        }
    }
    *at = behind;
}

static void add_changed(void *self, struct slice job_id)
{
    audience_add(self, job_id);
}

// Tells those of the audience what they missed. Its changed jobs are all those that the ring
// remembers for the organisation since the earliest of their positions: who is told more than they
// missed is told the same twice.
static int catch_up(struct hub *hub, struct audience *group, size_t *work, struct err *err)
{
    struct slice organization = {group->organization_id, group->organization_size};
    int64_t from = group->first->resume_from;
    size_t count;

    for (struct subscriber *at = group->first; at; at = at->next) {
        int rc;

        *work += needs_text(at) ? GROUP_WORK : 1;
        rc = lower_text(hub, at, err);
        if (rc)
            return rc;
        at->round_bytes = 0;
        if (at->resume_from < from)
            from = at->resume_from;
    }
    if (from < 0)
        return DONE;
    change_ring_visit(&hub->ring, from, organization, add_changed, group);
    count = HASH_COUNT(group->changed);
    if (count > CATCH_UP_MAX)
        audience_flood(group);
    else
        *work += GROUP_WORK + count;
    // A subscriber who leaves before it was told all has to resume from the same position again.
    return hub_tell_jobs(hub, group, from, err);
}

static int admit_all(struct hub *hub, struct subscriber **from, struct err *err)
{
    while (*from) {
        struct subscriber *subscriber = *from, *next = subscriber->next;
        int rc = admit(hub, subscriber, err);

        if (rc) {
            subscriber->next = next;
            return rc;
        }
        *from = next;
    }
    return DONE;
}

// The group is an audience made for this purpose.
static int admit_group(struct hub *hub, size_t *work, struct err *err)
{
    struct audience *own = NULL, *group;
    int rc;

    group = audience_get(&own, hub->arriving->viewer.organization_id);
    if (!group)
        return err_no_memory(err);
    split(hub, &group->first);
    rc = catch_up(hub, group, work, err);
    if (!rc)
        rc = admit_all(hub, &group->first, err);
    // Who is left joins another time, before the others.
    *end_of(&group->first) = hub->arriving;
    hub->arriving = group->first;
    group->first = NULL;
    audience_drop(&own, group);
    return rc;
}

int hub_admit(struct hub *hub, struct err *err)
{
    size_t work = 0;
    int rc;

    take_over(hub);
    rc = admit_plain(hub, err);
    while (!rc && hub->arriving && work < ROUND_WORK)
        rc = admit_group(hub, &work, err);
    return rc;
}
