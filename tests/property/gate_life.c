// SPDX-License-Identifier: Apache-2.0
#include "property/gate_life.h"

#include "property/gate_cast.h"

enum { ATTEMPTS_MAX = 3 };

static struct event *add(struct event_set *set, enum event_kind kind, int32_t attempt,
                         struct dice *dice)
{
    struct event *event = &set->events[set->count++];
    const uint64_t id = dice_u64(dice);

    *event = (struct event){
        .kind = kind,
        .attempt = attempt,
        .occurred_at_us = INT64_C(1700000000) * US_PER_SECOND + (int64_t)set->count,
    };
    memcpy(event->id.bytes, &id, sizeof id);
    return event;
}

static void add_creations(struct event_set *set, struct dice *dice)
{
    struct event *creation = add(set, JOB_CREATED, 1, dice);
    struct event *other;

    creation->type = SLICE_LITERAL("Load");
    creation->creator_id = dice_percent(dice, 9) ? SLICE_NULL : draw_creator_id(dice);
    creation->cancellable = !dice_percent(dice, 7);
    if (!dice_percent(dice, 25))
        return;
    other = add(set, JOB_CREATED, 1, dice);
    other->type = creation->type;
    other->creator_id = creation->creator_id;
    other->cancellable = !dice_percent(dice, 20);
    if (dice_percent(dice, 50))
        other->creator_id = dice_percent(dice, 20) ? SLICE_NULL : draw_creator_id(dice);
}

static void add_attempt(struct event_set *set, int32_t attempt, bool is_last, struct dice *dice)
{
    static const enum event_kind ends[] = {JOB_FAILED, JOB_CANCELLED, JOB_SUCCEEDED};

    if (dice_percent(dice, 80) || attempt > 1)
        add(set, JOB_STARTED, attempt, dice);
    if (dice_percent(dice, 40))
        add(set, JOB_PROGRESSED, attempt, dice)->progress = (int32_t)dice_below(dice, 101);
    if (dice_percent(dice, is_last ? 20 : 60))
        add(set, ends[dice_below(dice, 3)], attempt, dice);
}

static void swap(struct event_set *set, size_t a, size_t b)
{
    const struct event kept = set->events[a];

    set->events[a] = set->events[b];
    set->events[b] = kept;
}

static void draw_plausible(struct dice *dice, struct event_set *set)
{
    int32_t attempts = 1;

    set->count = 0;
    while (attempts < ATTEMPTS_MAX && dice_percent(dice, 30))
        attempts++;
    add_creations(set, dice);
    for (int32_t attempt = 1; attempt <= attempts; attempt++)
        add_attempt(set, attempt, attempt == attempts, dice);
    if (dice_percent(dice, 30)) {
        set->events[set->count] = set->events[dice_below(dice, set->count)];
        set->count++;
    }
    if (dice_percent(dice, 30))
        for (size_t i = set->count; i > 1; i--)
            swap(set, i - 1, dice_below(dice, i));
}

void gate_life_draw(const struct event_generator *generator, struct slice organization_id,
                    struct slice job_id, struct dice *dice, struct event_set *out)
{
    if (dice_percent(dice, 8)) {
        event_generator_draw(generator, organization_id, job_id, dice, out);
        return;
    }
    draw_plausible(dice, out);
    for (size_t i = 0; i < out->count; i++) {
        out->events[i].organization_id = organization_id;
        out->events[i].job_id = job_id;
    }
}
