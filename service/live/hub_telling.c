// SPDX-License-Identifier: Apache-2.0
// What a round tells each subscriber besides jobs.
#include <math.h>

#include "http/json_build.h"
#include "live/hub_private.h"

enum {
    FRESH_EVERY_US = 2 * 1000 * 1000,
    SIGN_OF_LIFE_US = 15 * 1000 * 1000,
    RESET_EVERY_US = 2 * 1000 * 1000,
};

// The messages that a round sends to several subscribers, each made when the first is to get it.
struct round {
    struct frame *fresh, *reset; // owned
};

static void free_round(struct round *round)
{
    frame_free(round->fresh);
    frame_free(round->reset);
}

static struct frame *word_freshness(const struct hub *hub)
{
    int64_t behind_us = hub->wall_us - hub->as_of_us;
    struct frame *frame = NULL;
    struct buffer text;
    json_t *json;

    json_build_begin();
    json = json_object();
    if (hub->as_of_us != TIME_NONE) {
        put_time(json, "asOf", hub->as_of_us);
        put(json, "secondsBehind",
            json_real(behind_us > 0 ? round((double)behind_us / 1000) / 1000 : 0));
    }
    buffer_init(&text);
    if (json_build_text(json, &text))
        frame = frame_new("fresh", hub->told, buffer_slice(&text));
    buffer_free(&text);
    return frame;
}

// If PostgreSQL does not answer, as_of_us stays: what it says remains true, and gets old.
static void look_how_fresh(struct hub *hub)
{
    struct viewed_freshness freshness;
    struct err err;

    if (!reader_link_freshness(&hub->rows, hub->options.api->event_topics, hub->now_us, &freshness,
                               &err))
        hub->as_of_us = freshness.as_of_us;
}

static void tell_reset(struct hub *hub, struct subscriber *subscriber, struct round *round)
{
    if (!subscriber->is_stale ||
        (subscriber->reset_us && hub->now_us - subscriber->reset_us < RESET_EVERY_US))
        return;
    if (!round->reset)
        round->reset = frame_new("reset", hub->told, SLICE_LITERAL("{\"reason\":\"too_old\"}"));
    subscriber->is_stale = false;
    subscriber->reset_us = hub->now_us;
    if (subscriber_add(subscriber, round->reset))
        hub_observe(&hub->options.observer, HUB_RESETS, 1);
}

static void tell_freshness(struct hub *hub, struct subscriber *subscriber, struct round *round)
{
    int64_t since_us = hub->now_us - subscriber->told_us;
    bool is_news = subscriber->told_as_of_us != hub->as_of_us && since_us >= FRESH_EVERY_US;

    if (!subscriber->is_touched && !is_news && since_us < SIGN_OF_LIFE_US)
        return;
    if (!round->fresh)
        round->fresh = word_freshness(hub);
    subscriber->told_us = hub->now_us;
    subscriber->told_as_of_us = hub->as_of_us;
    subscriber_add(subscriber, round->fresh);
}

static void tell(struct hub *hub, struct subscriber *subscriber, struct round *round)
{
    if (hub->wall_us >= subscriber->ends_at_us) {
        hub_observe(&hub->options.observer, HUB_EXPIRED, 1);
        subscriber_end(subscriber, STREAM_TOKEN_EXPIRED);
        return;
    }
    subscriber->round_bytes = 0;
    tell_reset(hub, subscriber, round);
    // A stale subscriber gets no other message: from its id they would resume behind what they
    // missed.
    if (!subscriber->is_stale)
        tell_freshness(hub, subscriber, round);
    if (subscriber->is_touched)
        subscriber_wake(subscriber);
}

static void tell_audience(struct hub *hub, struct audience *audience, struct round *round)
{
    struct subscriber **at = &audience->first;

    while (*at) {
        struct subscriber *subscriber = *at;
        bool too_slow;

        if (!subscriber_is_over(subscriber, &too_slow)) {
            tell(hub, subscriber, round);
            at = &subscriber->next;
            continue;
        }
        *at = subscriber->next;
        hub->clients--;
        if (too_slow)
            hub_observe(&hub->options.observer, HUB_TOO_SLOW, 1);
        subscriber_free(subscriber);
    }
}

void hub_tell_each(struct hub *hub)
{
    struct audience *audience = hub->audiences, *next;
    struct round round = {0};

    if (audience)
        look_how_fresh(hub);
    for (; audience; audience = next) {
        next = audience->hh.next;
        tell_audience(hub, audience, &round);
        if (!audience->first)
            audience_drop(&hub->audiences, audience);
    }
    free_round(&round);
    hub_observe(&hub->options.observer, HUB_CLIENTS, (int64_t)hub->clients);
}

static void end_list(struct subscriber *first)
{
    while (first) {
        struct subscriber *next = first->next;

        subscriber_end(first, STREAM_STOPPING);
        subscriber_free(first);
        first = next;
    }
}

void hub_end_all(struct hub *hub)
{
    while (hub->audiences) {
        struct audience *audience = hub->audiences;

        end_list(audience->first);
        audience_drop(&hub->audiences, audience);
    }
    end_list(hub->arriving);
    pthread_mutex_lock(&hub->mutex);
    end_list(hub->joining); // hub_join adds nobody to a hub that is stopping
    hub->arriving = hub->joining = NULL;
    pthread_mutex_unlock(&hub->mutex);
    hub->clients = 0;
    hub_observe(&hub->options.observer, HUB_CLIENTS, 0);
}
