// SPDX-License-Identifier: Apache-2.0
#include "view/rate.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/random.h"
#include "base/time_us.h"

enum { SETS = 1024, WAYS = 8 };

struct bucket {
    uint64_t who; // 0: nobody
    int64_t filled_at_us;
    int64_t millionths; // of the requests that are left
};

struct rate {
    pthread_mutex_t mutex;
    int64_t per_second, burst; // the latter in millionths
    uint64_t seed, step;
    struct bucket buckets[SETS][WAYS];
};

int rate_new(uint32_t per_second, uint32_t burst, struct rate **out, struct err *err)
{
    struct rate *rate = calloc(1, sizeof *rate);

    if (!rate)
        return err_no_memory(err);
    pthread_mutex_init(&rate->mutex, NULL);
    rate->per_second = per_second;
    rate->burst = burst * US_PER_SECOND;
    rate->seed = random_u64();
    rate->step = random_u64() | 1;
    *out = rate;
    return DONE;
}

void rate_free(struct rate *rate)
{
    if (!rate)
        return;
    pthread_mutex_destroy(&rate->mutex);
    free(rate);
}

static uint64_t mix(const struct rate *rate, uint64_t hash, struct slice text)
{
    hash ^= text.size;
    for (size_t i = 0; i < text.size; i++) {
        hash = (hash ^ (unsigned char)text.data[i]) * rate->step;
        hash ^= hash >> 29;
    }
    return hash * rate->step;
}

// The member's bucket. A new member takes, if the set is full, the bucket that was used longest
// ago.
static struct bucket *find(struct rate *rate, uint64_t who, int64_t now_us)
{
    struct bucket *set = rate->buckets[(who >> 32) % SETS], *oldest = set;

    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].who == who)
            return &set[i];
        if (!set[i].who || (oldest->who && set[i].filled_at_us < oldest->filled_at_us))
            oldest = &set[i];
    }
    *oldest = (struct bucket){.who = who, .filled_at_us = now_us, .millionths = rate->burst};
    return oldest;
}

// per_second requests in a second are per_second millionths of a request in a microsecond.
static void fill(const struct rate *rate, struct bucket *bucket, int64_t now_us)
{
    int64_t since_us = now_us - bucket->filled_at_us;

    if (since_us <= 0)
        return;
    bucket->filled_at_us = now_us;
    if (since_us > rate->burst / rate->per_second)
        bucket->millionths = rate->burst;
    else
        bucket->millionths += since_us * rate->per_second;
    if (bucket->millionths > rate->burst)
        bucket->millionths = rate->burst;
}

bool rate_take(struct rate *rate, struct slice organization_id, struct slice member, int64_t now_us)
{
    uint64_t who = mix(rate, mix(rate, rate->seed, organization_id), member) | 1;
    struct bucket *bucket;
    bool taken = false;

    pthread_mutex_lock(&rate->mutex);
    bucket = find(rate, who, now_us);
    fill(rate, bucket, now_us);
    if (bucket->millionths >= US_PER_SECOND) {
        bucket->millionths -= US_PER_SECOND;
        taken = true;
    }
    pthread_mutex_unlock(&rate->mutex);
    return taken;
}
