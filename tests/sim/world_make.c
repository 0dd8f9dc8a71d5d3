// SPDX-License-Identifier: Apache-2.0
// Drawing a world: its jobs, what of their events is on which partition and how often, and what
// stands between them.
#include <stdio.h>
#include <stdlib.h>

#include "sim/world.h"

enum { RECORDS_MAX = SIM_PARTITIONS * SIM_OFFSETS_MAX };

struct to_place {
    enum made_kind kind;
    struct event event;
};

static struct slice made_text(struct world *world, const char *before, size_t number)
{
    char text[32];
    struct slice copy;

    snprintf(text, sizeof text, "%s-%zu", before, number);
    if (!arena_copy(&world->arena, slice_of(text), &copy))
        abort();
    return copy;
}

static void place(struct world *world, const struct to_place *record)
{
    size_t partition = dice_below(&world->dice, SIM_PARTITIONS);

    if (dice_percent(&world->dice, 5))
        made_log_add(&world->log, partition, MADE_CONTROL, NULL);
    made_log_add(&world->log, partition, record->kind, &record->event);
}

// An event whose start is the best of its job, so that it stays in the history whatever else comes,
// and every write that has it is refused.
static struct event refused_event(const struct job_key *key, size_t number)
{
    return (struct event){
        .kind = JOB_STARTED,
        .attempt = ATTEMPT_MAX,
        .occurred_at_us = INT64_C(946684800) * US_PER_SECOND,
        .id.bytes[UUID_BYTES - 1] = (unsigned char)number,
        .organization_id = key->organization_id,
        .job_id = key->job_id,
        .message = SLICE_LITERAL(MADE_REFUSED_MARK),
    };
}

static void draw_records(struct world *world, const struct event_generator *generator,
                         struct to_place *records, size_t *count)
{
    size_t twice_percent = dice_below(&world->dice, 30);
    size_t late_percent = dice_percent(&world->dice, 50) ? 4 : 0;
    struct event_set set;

    for (size_t job = 0; job < world->job_count; job++) {
        event_generator_draw(generator, world->keys[job].organization_id, world->keys[job].job_id,
                             &world->dice, &set);
        for (size_t i = 0; i < set.count; i++) {
            bool is_late =
                world->late_count < SIM_LATE_MAX && dice_percent(&world->dice, late_percent);

            world->events[world->event_count++] = set.events[i];
            if (is_late)
                world->late[world->late_count++] = set.events[i];
            else
                records[(*count)++] = (struct to_place){MADE_EVENT, set.events[i]};
            if (!is_late && dice_percent(&world->dice, twice_percent))
                records[(*count)++] = (struct to_place){MADE_EVENT, set.events[i]};
        }
    }
}

static void draw_bad_records(struct world *world, struct to_place *records, size_t *count)
{
    size_t garbage = dice_below(&world->dice, 6), refused = dice_below(&world->dice, 4);

    for (size_t i = 0; i < garbage; i++)
        records[(*count)++] = (struct to_place){.kind = MADE_GARBAGE};
    for (size_t i = 0; i < refused; i++) {
        const struct job_key *key = &world->keys[dice_below(&world->dice, world->job_count)];

        records[(*count)++] = (struct to_place){MADE_REFUSED, refused_event(key, i)};
    }
}

static void shuffle(struct world *world, struct to_place *records, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = dice_below(&world->dice, i);
        struct to_place moved = records[i - 1];

        records[i - 1] = records[other];
        records[other] = moved;
    }
}

static void draw_log(struct world *world, const struct event_generator *generator)
{
    struct to_place *records = calloc(RECORDS_MAX, sizeof *records);
    size_t count = 0;

    if (!records)
        abort();
    draw_records(world, generator, records, &count);
    draw_bad_records(world, records, &count);
    shuffle(world, records, count);
    for (size_t i = 0; i < count; i++)
        place(world, &records[i]);
    // A log that ends with a control record.
    made_log_add(&world->log, dice_below(&world->dice, SIM_PARTITIONS), MADE_CONTROL, NULL);
    free(records);
}

void world_init(struct world *world, const struct event_generator *generator, uint64_t seed)
{
    memset(world, 0, sizeof *world);
    world->dice = dice_from(seed);
    world->now_us = 1;
    arena_init(&world->arena);
    made_log_init(&world->log, dice_percent(&world->dice, 50));
    // A few jobs that much happens to, or several that little happens to; ids in two organisations.
    world->job_count = dice_between(&world->dice, 1, 12);
    for (size_t i = 0; i < world->job_count; i++)
        world->keys[i] = (struct job_key){
            .organization_id = made_text(world, "organisation", i % 2),
            .job_id = made_text(world, "job", i / 2),
        };
    draw_log(world, generator);
    made_server_init(&world->server, &world->log, &world->dice);
    world->member_count = dice_between(&world->dice, 1, SIM_MEMBERS);
    // Those beyond the count never own anything.
    for (size_t i = 0; i < SIM_MEMBERS; i++)
        member_init(&world->members[i], i, &world->log, &world->server, &world->dice);
    for (size_t i = 0; i < SIM_PARTITIONS; i++) {
        world->owner[i] = dice_below(&world->dice, world->member_count);
        member_give(&world->members[world->owner[i]], i);
    }
}

void world_close(struct world *world)
{
    for (size_t i = 0; i < SIM_MEMBERS; i++)
        member_close(&world->members[i]);
    made_server_close(&world->server);
    arena_reset(&world->arena);
}
