// SPDX-License-Identifier: Apache-2.0
#include "serve/projection/work_queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/condition.h"
#include "base/wake.h"

struct work_queue {
    pthread_mutex_t mutex;
    pthread_cond_t drained; // bytes fell
    struct work *oldest, *newest;
    size_t bytes;
    int fd;
};

int work_queue_new(struct work_queue **out, struct err *err)
{
    struct work_queue *queue = calloc(1, sizeof *queue);

    if (!queue)
        return err_no_memory(err);
    queue->fd = wake_open();
    if (queue->fd < 0) {
        free(queue);
        return err_set(err, RETRY, "NO_DESCRIPTOR", "no event descriptor for a worker's queue");
    }
    pthread_mutex_init(&queue->mutex, NULL);
    condition_init(&queue->drained);
    *out = queue;
    return DONE;
}

void work_queue_free(struct work_queue *queue)
{
    struct work *work;

    if (!queue)
        return;
    while ((work = work_queue_pop(queue)))
        work_free(work);
    pthread_cond_destroy(&queue->drained);
    pthread_mutex_destroy(&queue->mutex);
    close(queue->fd);
    free(queue);
}

struct work *work_new(enum work_kind kind, struct projected_partition *partition)
{
    struct work *work = calloc(1, sizeof *work);

    if (!work)
        return NULL;
    work->kind = kind;
    work->partition = partition;
    work->epoch = partition->epoch;
    work->bytes = sizeof *work;
    return work;
}

void work_free(struct work *work)
{
    if (!work)
        return;
    if (work->kind == WORK_RECORDS) {
        for (size_t i = work->records.next; i < work->records.count; i++)
            kafka_message_free(work->records.messages[i]);
        free(work->records.messages);
    }
    free(work);
}

void work_queue_push(struct work_queue *queue, struct work *work)
{
    pthread_mutex_lock(&queue->mutex);
    work->later = NULL;
    if (queue->newest)
        queue->newest->later = work;
    else
        queue->oldest = work;
    queue->newest = work;
    queue->bytes += work->bytes;
    pthread_mutex_unlock(&queue->mutex);
    work_queue_wake(queue);
}

struct work *work_queue_pop(struct work_queue *queue)
{
    struct work *work;

    pthread_mutex_lock(&queue->mutex);
    work = queue->oldest;
    if (work) {
        queue->oldest = work->later;
        if (!queue->oldest)
            queue->newest = NULL;
        queue->bytes -= work->bytes;
        pthread_cond_signal(&queue->drained);
    }
    pthread_mutex_unlock(&queue->mutex);
    return work;
}

size_t work_queue_bytes(struct work_queue *queue)
{
    size_t bytes;

    pthread_mutex_lock(&queue->mutex);
    bytes = queue->bytes;
    pthread_mutex_unlock(&queue->mutex);
    return bytes;
}

bool work_queue_wait_below(struct work_queue *queue, size_t bytes, int timeout_ms)
{
    int64_t until_us = clock_monotonic_us() + (int64_t)timeout_ms * 1000;
    bool is_early = true, below;

    pthread_mutex_lock(&queue->mutex);
    while (queue->bytes >= bytes && is_early)
        is_early = condition_wait_until(&queue->drained, &queue->mutex, until_us);
    below = queue->bytes < bytes;
    pthread_mutex_unlock(&queue->mutex);
    return below;
}

int work_queue_fd(const struct work_queue *queue)
{
    return queue->fd;
}

void work_queue_drain_fd(struct work_queue *queue)
{
    wake_clear(queue->fd);
}

void work_queue_wake(struct work_queue *queue)
{
    wake_up(queue->fd);
}
