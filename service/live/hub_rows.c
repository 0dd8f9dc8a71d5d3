// SPDX-License-Identifier: Apache-2.0
// From changed jobs to messages. Each row is read once, and put into words at most four times: for
// its creator and for the others, as one that their filter lets through and as one that it does
// not.
#include "live/hub_private.h"
#include "live/stream_filter.h"
#include "view/job_json.h"

enum { READ_AT_ONCE = 500 };

// The messages about one job, each made when the first subscriber is to get it.
struct wording {
    const struct found_job *found;
    int64_t position;
    struct frame *frames[2][2]; // owned; by whether it is gone, and whether it is mine
};

static void free_wording(struct wording *wording)
{
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++)
            frame_free(wording->frames[i][j]);
}

// NULL without memory.
static struct frame *word(struct hub *hub, const struct wording *wording, bool is_gone)
{
    struct frame *frame = NULL;
    struct buffer text;
    json_t *json;

    json_build_begin();
    json = job_json(hub->options.api, &hub->visit, &wording->found->job, false);
    buffer_init(&text);
    if (json_build_text(json, &text))
        frame = frame_new(is_gone ? "gone" : "job", wording->position, buffer_slice(&text));
    buffer_free(&text);
    return frame;
}

static struct frame *wording_for(struct hub *hub, struct wording *wording,
                                 const struct subscriber *subscriber, enum stream_verdict verdict)
{
    struct slice creator = wording->found->job.columns.creator_id;
    bool is_mine = slice_equal(creator, subscriber->viewer.member);
    bool is_gone = verdict == STREAM_FILTERED_OUT;
    struct frame **frame = &wording->frames[is_gone][is_mine];

    hub->visit.viewer = subscriber->viewer;
    if (!*frame)
        *frame = word(hub, wording, is_gone);
    return *frame;
}

// One round tells a subscriber ROUND_MAX_BYTES at most, so that one who keeps up is never taken for
// slow. If there is more, it becomes stale: it has to read its list again.
static bool is_too_much(struct subscriber *subscriber, const struct frame *frame)
{
    if (!frame || subscriber->round_bytes + frame->size <= ROUND_MAX_BYTES)
        return false;
    subscriber->is_stale = true;
    return true;
}

static bool tell(struct hub *hub, struct wording *wording, struct subscriber *subscriber)
{
    enum stream_verdict verdict =
        subscriber->sees_jobs && !subscriber->is_stale
            ? stream_judge(&subscriber->scope, &subscriber->filter, wording->found, hub->wall_us)
            : STREAM_OUT_OF_SCOPE;
    struct frame *frame;

    if (verdict == STREAM_OUT_OF_SCOPE)
        return false;
    frame = wording_for(hub, wording, subscriber, verdict);
    if (is_too_much(subscriber, frame) || !subscriber_add(subscriber, frame))
        return false;
    subscriber->round_bytes += frame->size;
    return true;
}

static void tell_job(struct hub *hub, const struct audience *audience,
                     const struct found_job *found, int64_t position)
{
    struct wording wording = {.found = found, .position = position};
    int64_t messages = 0;

    for (struct subscriber *at = audience->first; at; at = at->next)
        messages += tell(hub, &wording, at);
    free_wording(&wording);
    if (messages)
        hub_observe(&hub->options.observer, HUB_MESSAGES, messages);
}

// Nobody listens whose list has to be read again, or who left.
static bool is_heard(const struct audience *audience)
{
    for (struct subscriber *at = audience->first; at; at = at->next)
        if (at->sees_jobs && !at->is_stale && !subscriber_is_over(at, NULL))
            return true;
    return false;
}

int hub_tell_jobs(struct hub *hub, struct audience *audience, int64_t position, struct err *err)
{
    struct slice organization = {audience->organization_id, audience->organization_size};
    struct slice ids[READ_AT_ONCE];
    const struct found_job *found;
    size_t id_count, count;

    hub->visit.organization_id = organization;
    hub->visit.now_us = hub->wall_us;
    while ((id_count = audience_changed(audience, ids, READ_AT_ONCE))) {
        int rc;

        if (!is_heard(audience)) {
            audience_told(audience, ids, id_count);
            continue;
        }
        rc = job_reader_find(hub->rows.reader, organization, ids, id_count, &found, &count, err);
        if (rc)
            return rc;
        // Of a job that is gone there is no row whose viewers could be told: a rebuild left it out.
        // All read their lists again.
        if (count < id_count) {
            audience_flood(audience);
            break;
        }
        for (size_t i = 0; i < count; i++)
            tell_job(hub, audience, &found[i], position);
        audience_told(audience, ids, id_count);
    }
    return DONE;
}
