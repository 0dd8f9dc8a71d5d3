// SPDX-License-Identifier: Apache-2.0
#include "serve/projection/stable_ends.h"

#include <stdlib.h>

enum { TIMEOUT_MS = 1000 };

static void ask_topics(const struct stable_ends *stable, struct stable_round *round)
{
    bool exists;
    struct err err;

    round->is_told = true;
    for (size_t i = 0; stable->topics[i] && round->is_told && !round->missing_topic; i++) {
        round->is_told = !inspector_topic_exists(stable->inspector, stable->topics[i], TIMEOUT_MS,
                                                 &exists, &err);
        if (round->is_told && !exists)
            round->missing_topic = stable->topics[i];
    }
}

// The ends through the consumer, whose client that wakes (consumer_thread.c).
static void ask_ends(const struct stable_ends *stable, struct stable_round *round)
{
    struct source sources[READINGS_MAX];
    int32_t leaders[READINGS_MAX];
    int64_t ends[READINGS_MAX];
    struct err err;
    int rc;

    for (size_t i = 0; i < round->count; i++)
        sources[i] = round->ends[i].partition->reading.source;
    rc = inspector_leaders(stable->inspector, sources, round->count, TIMEOUT_MS, leaders, &err);
    if (!rc)
        rc = consumer_log_ends(stable->consumer, sources, leaders, round->count, TIMEOUT_MS, ends,
                               &err);
    round->is_told = !rc;
    for (size_t i = 0; i < round->count; i++)
        round->ends[i].offset = round->is_told ? ends[i] : -1;
}

static void go(void *self, void *what)
{
    struct stable_round *round = what;

    if (round->count)
        ask_ends(self, round);
    else
        ask_topics(self, round);
}

void stable_ends_init(struct stable_ends *stable, struct consumer *consumer,
                      struct inspector *inspector, const char *const *topics)
{
    *stable = (struct stable_ends){.consumer = consumer, .inspector = inspector, .topics = topics};
    errand_init(&stable->errand, go, stable);
}

void stable_ends_close(struct stable_ends *stable)
{
    free(errand_close(&stable->errand));
}
