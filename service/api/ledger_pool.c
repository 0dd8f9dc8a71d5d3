// SPDX-License-Identifier: Apache-2.0
#include "api/ledger_pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/condition.h"

enum { WAIT_US = 2 * 1000 * 1000 };

struct ledger_pool {
    pthread_mutex_t mutex;
    pthread_cond_t given; // by the monotonic clock
    struct ledger *ledgers[LEDGERS];
    bool taken[LEDGERS];
    struct backoff connecting;
    struct err why; // the last failure to connect
};

int ledger_pool_new(const struct connection_options *options, struct ledger_pool **out,
                    struct err *err)
{
    struct ledger_pool *pool = calloc(1, sizeof *pool);

    if (!pool)
        return err_no_memory(err);
    pthread_mutex_init(&pool->mutex, NULL);
    condition_init(&pool->given);
    for (size_t i = 0; i < LEDGERS; i++) {
        pool->ledgers[i] = ledger_new(options, err);
        if (!pool->ledgers[i]) {
            ledger_pool_free(pool);
            return (int)err->disposition;
        }
    }
    *out = pool;
    return DONE;
}

void ledger_pool_free(struct ledger_pool *pool)
{
    if (!pool)
        return;
    for (size_t i = 0; i < LEDGERS; i++)
        ledger_free(pool->ledgers[i]);
    pthread_cond_destroy(&pool->given);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

// The place of a ledger that is not lent, of a connected one if there is any; LEDGERS: there is
// none.
static size_t free_place(const struct ledger_pool *pool)
{
    size_t place = LEDGERS;

    for (size_t i = 0; i < LEDGERS; i++) {
        if (pool->taken[i])
            continue;
        if (ledger_is_connected(pool->ledgers[i]))
            return i;
        place = i;
    }
    return place;
}

static size_t wait_for_place(struct ledger_pool *pool)
{
    int64_t until_us = clock_monotonic_us() + WAIT_US;
    bool goes_on = true;
    size_t place;

    pthread_mutex_lock(&pool->mutex);
    while ((place = free_place(pool)) == LEDGERS && goes_on)
        goes_on = condition_wait_until(&pool->given, &pool->mutex, until_us);
    if (place < LEDGERS)
        pool->taken[place] = true;
    pthread_mutex_unlock(&pool->mutex);
    return place;
}

static bool has_just_failed(struct ledger_pool *pool, struct err *err)
{
    bool has_failed;

    pthread_mutex_lock(&pool->mutex);
    has_failed = clock_monotonic_us() < pool->connecting.until_us;
    if (has_failed)
        *err = pool->why;
    pthread_mutex_unlock(&pool->mutex);
    return has_failed;
}

static int connect_ledger(struct ledger_pool *pool, struct ledger *ledger, struct err *err)
{
    int rc;

    if (has_just_failed(pool, err))
        return (int)err->disposition;
    rc = ledger_connect(ledger, err);
    pthread_mutex_lock(&pool->mutex);
    if (rc) {
        pool->why = *err;
        backoff_fail(&pool->connecting, clock_monotonic_us());
    } else {
        backoff_end(&pool->connecting);
    }
    pthread_mutex_unlock(&pool->mutex);
    return rc;
}

int ledger_pool_take(struct ledger_pool *pool, struct ledger **out, struct err *err)
{
    size_t place = wait_for_place(pool);
    int rc = DONE;

    if (place == LEDGERS)
        return err_set(err, RETRY, "BUSY", "no connection for cancelling became free in time");
    ledger_notice_end(pool->ledgers[place]);
    if (!ledger_is_connected(pool->ledgers[place]))
        rc = connect_ledger(pool, pool->ledgers[place], err);
    if (rc)
        ledger_pool_give(pool, pool->ledgers[place]);
    else
        *out = pool->ledgers[place];
    return rc;
}

void ledger_pool_give(struct ledger_pool *pool, struct ledger *ledger)
{
    pthread_mutex_lock(&pool->mutex);
    for (size_t i = 0; i < LEDGERS; i++)
        if (pool->ledgers[i] == ledger)
            pool->taken[i] = false;
    pthread_cond_signal(&pool->given);
    pthread_mutex_unlock(&pool->mutex);
}
