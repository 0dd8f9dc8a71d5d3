// SPDX-License-Identifier: Apache-2.0
// What the scout is sent for, and what becomes of its answers.
#include <stdlib.h>

#include "serve/source/sources_private.h"

enum {
    CHECKED_AT_ONCE = 32, // meanwhile no other partition is started
};

// What could not be asked is asked again after a while, and what was kept from it by another at
// once; between the two, whatever is to be started is.
static void end_check(struct sources *sources, struct reading *reading,
                      const struct start_search *found)
{
    if (found->rc == RETRY && !strcmp(found->err.reason, CHECK_NOT_ASKED))
        return;
    reading->check_at_us = sources->now_us() + SCOUT_CHECK_EVERY_US;
    if (found->rc == FATAL)
        sources_refuse(sources, reading, &found->err);
}

// An answer that comes after the partition was lost, or taken anew, is not for it.
static void take_answers(struct sources *sources)
{
    struct scout_round *round = errand_take(&sources->scout.errand);

    for (size_t i = 0; round && i < round->count && !*sources->stopping; i++) {
        const struct scout_find *find = &round->finds[i];
        struct reading *reading = find->reading;

        if (reading->taking != find->taking)
            continue;
        if (round->task == SCOUT_START && reading->state == READING_TAKEN)
            sources_start_found(sources, reading, &find->search);
        if (round->task == SCOUT_CHECK && reading->state == READING_STARTED)
            end_check(sources, reading, &find->search);
    }
    free(round);
}

static bool is_due(const struct sources *sources, const struct reading *reading)
{
    return reading->state == READING_TAKEN && !reading->is_sought &&
           sources->now_us() >= reading->start_at_us &&
           (!sources->hooks.is_settled || sources->hooks.is_settled(sources->hooks.self, reading));
}

// Those that failed before are looked for when no other is: what keeps them may keep a question
// waiting.
static size_t list_due(const struct sources *sources, struct scout_find *out)
{
    const struct readings *readings = sources->readings;
    size_t count = 0;

    for (int has_failed = 0; has_failed < 2 && !count; has_failed++)
        for (size_t i = 0; i < readings->count; i++) {
            struct reading *reading = readings->items[i];

            if (is_due(sources, reading) && !reading->failures == !has_failed)
                out[count++] = (struct scout_find){.reading = reading, .taking = reading->taking};
        }
    return count;
}

static size_t list_unchecked(const struct sources *sources, struct scout_find *out)
{
    const struct readings *readings = sources->readings;
    const int64_t at_us = sources->now_us();
    size_t count = 0;

    for (size_t i = 0; i < readings->count && count < CHECKED_AT_ONCE; i++) {
        struct reading *reading = readings->items[i];

        if (reading->state == READING_STARTED && at_us >= reading->check_at_us)
            out[count++] = (struct scout_find){.reading = reading, .taking = reading->taking};
    }
    return count;
}

static void send_scout(struct sources *sources)
{
    size_t room = sources->readings->count;
    struct scout_round *round;

    if (!room || !errand_is_idle(&sources->scout.errand))
        return;
    round = calloc(1, sizeof *round + room * sizeof *round->finds);
    if (!round)
        return; // next time
    round->count = list_due(sources, round->finds);
    for (size_t i = 0; i < round->count; i++)
        round->finds[i].reading->is_sought = true;
    if (!round->count) {
        round->task = SCOUT_CHECK;
        round->count = list_unchecked(sources, round->finds);
    }
    if (round->count)
        errand_ask(&sources->scout.errand, round);
    else
        free(round);
}

void sources_start_due(struct sources *sources)
{
    if (*sources->stopping)
        return;
    sources_let_go(sources);
    take_answers(sources);
    send_scout(sources);
    take_answers(sources); // at once, where there is no other thread to do it
}
