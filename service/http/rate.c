// SPDX-License-Identifier: Apache-2.0
#include "http/rate.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/random.h"
#include "base/time_us.h"

enum { SETS = 1024, WAYS = 8 };

struct bucket {
    uint64_t who; // 0: nobody
    int64_t filled_at_us;
    double tokens;
};

struct rate {
    pthread_mutex_t mutex;
    double per_us, burst;
    uint64_t seed, step;
    struct bucket buckets[SETS][WAYS];
};

int rate_new(uint32_t per_second, uint32_t burst, struct rate **out, struct err *err)
{
    struct rate *rate = calloc(1, sizeof *rate);

    if (!rate)
        return err_no_memory(err);
    pthread_mutex_init(&rate->mutex, NULL);
    rate->per_us = (double)per_second / (double)US_PER_SECOND;
    rate->burst = burst;
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

// Their bucket, or in a full set that of whoever came longest ago, filled anew.
static struct bucket *find(struct rate *rate, uint64_t who, int64_t now_us)
{
    struct bucket *set = rate->buckets[(who >> 32) % SETS], *oldest = set;

    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].who == who)
            return &set[i];
        if (!set[i].who || (oldest->who && set[i].filled_at_us < oldest->filled_at_us))
            oldest = &set[i];
    }
    *oldest = (struct bucket){.who = who, .filled_at_us = now_us, .tokens = rate->burst};
    return oldest;
}

bool rate_take(struct rate *rate, struct slice organization_id, struct slice member, int64_t now_us)
{
    uint64_t who = mix(rate, mix(rate, rate->seed, organization_id), member) | 1;
    struct bucket *bucket;
    bool taken = false;

    pthread_mutex_lock(&rate->mutex);
    bucket = find(rate, who, now_us);
    if (now_us > bucket->filled_at_us) {
        bucket->tokens += (double)(now_us - bucket->filled_at_us) * rate->per_us;
        bucket->filled_at_us = now_us;
    }
    if (bucket->tokens > rate->burst)
        bucket->tokens = rate->burst;
    if (bucket->tokens >= 1) {
        bucket->tokens -= 1;
        taken = true;
    }
    pthread_mutex_unlock(&rate->mutex);
    return taken;
}
