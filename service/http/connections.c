// SPDX-License-Identifier: Apache-2.0
#include "http/connections.h"

#include <sys/socket.h>

#include "base/clock.h"

void connections_init(struct connections *connections)
{
    pthread_mutex_init(&connections->mutex, NULL);
    connections->ring.next = connections->ring.previous = &connections->ring;
    connections->open = 0;
}

void connections_destroy(struct connections *connections)
{
    pthread_mutex_destroy(&connections->mutex);
}

void connection_open(struct connections *connections, struct connection *connection, int fd)
{
    pthread_mutex_lock(&connections->mutex);
    *connection = (struct connection){.next = connections->ring.next,
                                      .previous = &connections->ring,
                                      .fd = fd,
                                      .since_us = clock_monotonic_us()};
    connection->next->previous = connection;
    connections->ring.next = connection;
    connections->open++;
    pthread_mutex_unlock(&connections->mutex);
}

void connection_close(struct connections *connections, struct connection *connection)
{
    pthread_mutex_lock(&connections->mutex);
    connection->next->previous = connection->previous;
    connection->previous->next = connection->next;
    connections->open -= !connection->has_ended;
    pthread_mutex_unlock(&connections->mutex);
}

void connection_enter(struct connections *connections, struct connection *connection,
                      enum connection_phase phase)
{
    pthread_mutex_lock(&connections->mutex);
    connection->phase = phase;
    connection->since_us = clock_monotonic_us();
    pthread_mutex_unlock(&connections->mutex);
}

static void end(struct connections *connections, struct connection *connection)
{
    connections->open -= !connection->has_ended;
    connection->has_ended = true;
    shutdown(connection->fd, SHUT_RDWR);
}

void connection_end(struct connections *connections, struct connection *connection)
{
    pthread_mutex_lock(&connections->mutex);
    end(connections, connection);
    pthread_mutex_unlock(&connections->mutex);
}

void connections_end_slow(struct connections *connections, int64_t now_us, int64_t asks_us,
                          int64_t answers_us)
{
    pthread_mutex_lock(&connections->mutex);
    for (struct connection *at = connections->ring.next; at != &connections->ring; at = at->next) {
        int64_t age_us = now_us - at->since_us;

        if ((at->phase == CONNECTION_ASKS && age_us > asks_us) ||
            (at->phase == CONNECTION_ANSWERS && age_us > answers_us))
            end(connections, at);
    }
    pthread_mutex_unlock(&connections->mutex);
}

static struct connection *oldest_that_asks(struct connections *connections)
{
    struct connection *oldest = NULL;

    for (struct connection *at = connections->ring.next; at != &connections->ring; at = at->next)
        if (!at->has_ended && at->phase == CONNECTION_ASKS &&
            (!oldest || at->since_us <= oldest->since_us))
            oldest = at; // new ones come in front
    return oldest;
}

bool connections_end_oldest(struct connections *connections, size_t most)
{
    struct connection *oldest;

    pthread_mutex_lock(&connections->mutex);
    oldest = connections->open > most ? oldest_that_asks(connections) : NULL;
    if (oldest)
        end(connections, oldest);
    pthread_mutex_unlock(&connections->mutex);
    return oldest;
}

size_t connections_busy(struct connections *connections)
{
    size_t busy = 0;

    pthread_mutex_lock(&connections->mutex);
    for (struct connection *at = connections->ring.next; at != &connections->ring; at = at->next)
        busy += at->phase != CONNECTION_ASKS;
    pthread_mutex_unlock(&connections->mutex);
    return busy;
}
