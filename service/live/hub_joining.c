// SPDX-License-Identifier: Apache-2.0
// How a subscriber joins: it is told what it missed since the position that it names, as far as
// that is still remembered, and is then one of its organisation's audience.
#include "live/hub_private.h"

static void take_over(struct hub *hub)
{
    pthread_mutex_lock(&hub->mutex);
    while (hub->joining) {
        struct subscriber *next = hub->joining->next;

        hub->joining->next = hub->arriving;
        hub->arriving = hub->joining;
        hub->joining = next;
    }
    pthread_mutex_unlock(&hub->mutex);
}

static int lower_text(struct hub *hub, struct subscriber *subscriber, struct err *err)
{
    struct slice lower;
    int rc;

    if (subscriber->is_lower)
        return DONE;
    rc = job_reader_lower(hub->rows.reader, subscriber->filter.text, &lower, err);
    if (!rc && !subscriber_set_text(subscriber, lower))
        rc = err_no_memory(err);
    return rc;
}

static void add_changed(void *self, struct slice job_id)
{
    audience_add(self, job_id);
}

// Tells the subscriber what it missed. It is put alone into an audience made for this purpose,
// whose changed jobs are all those that the ring remembers for its organisation since its position.
static int catch_up(struct hub *hub, struct subscriber *subscriber, struct err *err)
{
    struct slice organization = subscriber->viewer.organization_id;
    int64_t from = subscriber->resume_from;
    struct audience *alone = NULL, *audience;
    int rc;

    subscriber->round_bytes = 0;
    if (from < 0 || !subscriber->sees_jobs)
        return DONE;
    if (from < hub->ring.floor_us || from > hub->position) {
        subscriber->is_stale = true;
        return DONE;
    }
    audience = audience_get(&alone, organization);
    if (!audience)
        return err_no_memory(err);
    subscriber->next = NULL;
    audience->first = subscriber;
    change_ring_visit(&hub->ring, from, organization, add_changed, audience);
    // A subscriber who leaves before it was told all has to resume from the same position again.
    rc = hub_tell_jobs(hub, audience, from, err);
    audience_drop(&alone, audience);
    return rc;
}

static int admit(struct hub *hub, struct subscriber *subscriber, struct err *err)
{
    struct audience *audience;
    int rc = lower_text(hub, subscriber, err);

    if (!rc)
        rc = catch_up(hub, subscriber, err);
    if (rc)
        return rc;
    audience = audience_get(&hub->audiences, subscriber->viewer.organization_id);
    if (!audience)
        return err_no_memory(err);
    subscriber->next = audience->first;
    audience->first = subscriber;
    return DONE;
}

int hub_admit(struct hub *hub, struct err *err)
{
    int rc = DONE;

    take_over(hub);
    while (!rc && hub->arriving) {
        struct subscriber *subscriber = hub->arriving, *next = subscriber->next;

        if (subscriber_is_over(subscriber, NULL)) {
            subscriber_free(subscriber);
        } else {
            rc = admit(hub, subscriber, err);
            if (rc) { // it stays the first of those who arrive
                subscriber->next = next;
                break;
            }
            hub->clients++;
        }
        hub->arriving = next;
    }
    return rc;
}
