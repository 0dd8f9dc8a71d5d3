// SPDX-License-Identifier: Apache-2.0
#include "live/subscriber.h"

#include <stdlib.h>

enum { WAKE_BYTES = 64 * 1024 }; // with more than this waiting, the round's end is not waited for

static const char *const reasons[STREAM_ENDS] = {
    [STREAM_TOKEN_EXPIRED] = "{\"reason\":\"token_expired\"}",
    [STREAM_TOO_SLOW] = "{\"reason\":\"too_slow\"}",
    [STREAM_STOPPING] = "{\"reason\":\"stopping\"}",
};

static size_t text_size(const struct subscription *from)
{
    size_t size = from->viewer->organization_id.size + from->viewer->member.size +
                  from->filter->creator_id.size + from->filter->text.size;

    for (size_t i = 0; i < from->filter->type_count; i++)
        size += from->filter->types[i].size;
    return size + 1; // an empty text needs a place to point to as well
}

// Copies a text to *at, lets it point there, and moves *at behind it.
static void own(struct slice *text, char **at)
{
    if (!text->data)
        return;
    memcpy(*at, text->data, text->size);
    text->data = *at;
    *at += text->size;
}

static void own_texts(struct subscriber *subscriber, char *at)
{
    struct job_filter *filter = &subscriber->filter;

    subscriber->texts = at;
    own(&subscriber->viewer.organization_id, &at);
    own(&subscriber->viewer.member, &at);
    own(&filter->creator_id, &at);
    own(&filter->text, &at);
    for (size_t i = 0; i < filter->type_count; i++)
        own(&filter->types[i], &at);
}

struct subscriber *subscriber_new(const struct subscription *subscription)
{
    struct subscriber *subscriber = calloc(1, sizeof *subscriber);
    char *texts = malloc(text_size(subscription));

    if (!subscriber || !texts) {
        free(subscriber);
        free(texts);
        return NULL;
    }
    subscriber->viewer = *subscription->viewer;
    subscriber->filter = *subscription->filter;
    subscriber->resume_from = subscription->resume_from;
    subscriber->ends_at_us = subscription->viewer->ends_at_us;
    subscriber->share = subscription->share;
    own_texts(subscriber, texts);
    subscriber->scope.organization_id = subscriber->viewer.organization_id;
    subscriber->sees_jobs = subscription->scope != NULL;
    if (subscription->scope && !slice_is_null(subscription->scope->creator_id))
        subscriber->scope.creator_id = subscriber->viewer.member;
    subscriber->is_lower = slice_is_null(subscriber->filter.text);
    pthread_mutex_init(&subscriber->mutex, NULL);
    subscriber->owners = 1;
    return subscriber;
}

// Under the mutex, or by the last owner.
static void give_back(struct subscriber *subscriber)
{
    const struct viewer *viewer = &subscriber->viewer;

    if (subscriber->share)
        share_give_back(subscriber->share, viewer->organization_id, viewer->member, 1);
    subscriber->share = NULL;
}

struct subscriber *subscriber_share(struct subscriber *subscriber)
{
    pthread_mutex_lock(&subscriber->mutex);
    subscriber->owners++;
    pthread_mutex_unlock(&subscriber->mutex);
    return subscriber;
}

void subscriber_free(struct subscriber *subscriber)
{
    bool is_last;

    if (!subscriber)
        return;
    pthread_mutex_lock(&subscriber->mutex);
    is_last = !--subscriber->owners;
    pthread_mutex_unlock(&subscriber->mutex);
    if (!is_last)
        return;
    give_back(subscriber);
    pthread_mutex_destroy(&subscriber->mutex);
    frame_queue_free(&subscriber->queue);
    free(subscriber->texts);
    free(subscriber->lower);
    free(subscriber);
}

bool subscriber_set_text(struct subscriber *subscriber, struct slice text)
{
    char *lower = malloc(text.size + 1);

    if (!lower)
        return false;
    memcpy(lower, text.data, text.size);
    subscriber->filter.text = (struct slice){lower, text.size};
    free(subscriber->lower);
    subscriber->lower = lower;
    subscriber->is_lower = true;
    return true;
}

void subscriber_open(struct subscriber *subscriber, struct MHD_Connection *mhd,
                     struct connections *connections, struct connection *connection)
{
    pthread_mutex_lock(&subscriber->mutex);
    subscriber->mhd = mhd;
    subscriber->connections = connections;
    subscriber->connection = connection;
    pthread_mutex_unlock(&subscriber->mutex);
}

void subscriber_close(struct subscriber *subscriber)
{
    pthread_mutex_lock(&subscriber->mutex);
    subscriber->mhd = NULL;
    subscriber->ends = true;
    give_back(subscriber);
    pthread_mutex_unlock(&subscriber->mutex);
}

ssize_t subscriber_read(void *self, uint64_t position, char *out, size_t size)
{
    struct subscriber *subscriber = self;
    ssize_t read;

    (void)position;
    if (size > SUBSCRIBER_TURN_BYTES)
        size = SUBSCRIBER_TURN_BYTES;
    pthread_mutex_lock(&subscriber->mutex);
    read = (ssize_t)frame_queue_read(&subscriber->queue, out, size);
    if (!read && subscriber->ends) {
        read = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (!read) {
        subscriber->sleeps = true;
        MHD_suspend_connection(subscriber->mhd);
    }
    pthread_mutex_unlock(&subscriber->mutex);
    return read;
}

// Under the mutex. From now on the connection has the time limit of an ordinary answer.
static void end(struct subscriber *subscriber, enum stream_end why)
{
    struct frame *last = frame_new("end", FRAME_NO_ID, slice_of(reasons[why]));

    if (why == STREAM_TOO_SLOW)
        frame_queue_drop(&subscriber->queue);
    // Without memory for the last message the stream ends without a reason.
    if (last)
        (void)!frame_queue_add(&subscriber->queue, last);
    frame_free(last);
    subscriber->ends = true;
    subscriber->was_too_slow = why == STREAM_TOO_SLOW;
    if (subscriber->mhd && subscriber->connection)
        connection_enter(subscriber->connections, subscriber->connection, CONNECTION_ANSWERS);
}

static void wake(struct subscriber *subscriber)
{
    if (!subscriber->sleeps || !subscriber->mhd)
        return;
    subscriber->sleeps = false;
    MHD_resume_connection(subscriber->mhd);
}

bool subscriber_add(struct subscriber *subscriber, struct frame *frame)
{
    bool added;

    pthread_mutex_lock(&subscriber->mutex);
    added = !subscriber->ends && frame &&
            subscriber->queue.bytes + frame->size <= QUEUED_MAX_BYTES &&
            frame_queue_add(&subscriber->queue, frame);
    if (!added && !subscriber->ends)
        end(subscriber, STREAM_TOO_SLOW);
    if (subscriber->queue.bytes > WAKE_BYTES)
        wake(subscriber);
    pthread_mutex_unlock(&subscriber->mutex);
    subscriber->is_touched = true;
    return added;
}

void subscriber_wake(struct subscriber *subscriber)
{
    subscriber->is_touched = false;
    pthread_mutex_lock(&subscriber->mutex);
    wake(subscriber);
    pthread_mutex_unlock(&subscriber->mutex);
}

void subscriber_end(struct subscriber *subscriber, enum stream_end why)
{
    pthread_mutex_lock(&subscriber->mutex);
    if (!subscriber->ends)
        end(subscriber, why);
    wake(subscriber);
    pthread_mutex_unlock(&subscriber->mutex);
}

bool subscriber_is_over(struct subscriber *subscriber, bool *too_slow)
{
    bool is_over;

    pthread_mutex_lock(&subscriber->mutex);
    is_over = subscriber->ends;
    if (too_slow)
        *too_slow = subscriber->was_too_slow;
    pthread_mutex_unlock(&subscriber->mutex);
    return is_over;
}
