// SPDX-License-Identifier: Apache-2.0
// Time goes on: members act, the log grows, and in times of trouble things go wrong.
#include "sim/made_transaction.h"
#include "sim/world.h"

enum { TROUBLE_TICKS_MAX = 3000, CALM_TICKS_MAX = 200 * 1000, PATIENCE_TICKS_MAX = 60 };

static struct member *some_member(struct world *world)
{
    return &world->members[dice_below(&world->dice, world->member_count)];
}

// The partition goes to somebody (to its owner again, perhaps). Told beforehand, or not at all:
// then the old owner goes on as if it were still its own.
static void begin_handover(struct world *world)
{
    size_t partition = dice_below(&world->dice, SIM_PARTITIONS);
    size_t from = world->owner[partition], to = dice_below(&world->dice, world->member_count);

    if (world->handovers[partition].open || world->zombie[to][partition])
        return;
    if (from != to && dice_percent(&world->dice, 30)) {
        world->zombie[from][partition] = true;
        world->owner[partition] = to;
        member_give(&world->members[to], partition);
        return;
    }
    world->server.alone = false;
    member_revoke(&world->members[from], partition);
    world->handovers[partition] =
        (struct handover){true, to, dice_below(&world->dice, PATIENCE_TICKS_MAX)};
}

static void go_on_with_handovers(struct world *world)
{
    for (size_t i = 0; i < SIM_PARTITIONS; i++) {
        struct handover *handover = &world->handovers[i];

        if (!handover->open)
            continue;
        if (world->members[world->owner[i]].holds[i].settling && handover->patience > 0) {
            handover->patience--;
            continue;
        }
        handover->open = false;
        world->owner[i] = handover->to;
        member_give(&world->members[handover->to], i);
    }
}

static void end_zombies(struct world *world, bool all)
{
    for (size_t member = 0; member < SIM_MEMBERS; member++) {
        for (size_t i = 0; i < SIM_PARTITIONS; i++) {
            if (!world->zombie[member][i] || !(all || dice_percent(&world->dice, 20)))
                continue;
            world->zombie[member][i] = false;
            member_revoke(&world->members[member], i);
        }
    }
}

// A person sends a partition back, after having stopped everybody or not.
static void rewind_position(struct world *world)
{
    size_t partition = dice_below(&world->dice, SIM_PARTITIONS);
    struct source_position *position = &world->server.now.positions[partition];

    world->server.alone = false;
    if (dice_percent(&world->dice, 50)) {
        for (size_t i = 0; i < SIM_MEMBERS; i++)
            member_restart(&world->members[i]);
    }
    *position = (struct source_position){
        .next_offset = (int64_t)dice_below(&world->dice, (size_t)position->next_offset + 1),
        .last_offset = -1,
    };
    world->server.now.caught_up_at_us[partition] = TIME_NONE;
    made_server_flush(&world->server);
}

static void retry_late_event(struct world *world)
{
    if (world->late_done < world->late_count &&
        made_server_retry_event(&world->server, &world->late[world->late_done],
                                (int64_t)dice_u64(&world->dice)))
        world->late_done++;
}

static void crash_server(struct world *world)
{
    made_server_crash(&world->server);
}

// Or mended.
static void refuse_bookkeeping(struct world *world)
{
    world->server.refusal = (enum made_refusal)dice_below(&world->dice, MADE_REFUSAL_COUNT);
}

static void restart_member(struct world *world)
{
    member_restart(some_member(world));
}

static void cut_connection(struct world *world)
{
    made_connection_cut(&some_member(world)->connection);
}

static void end_some_zombies(struct world *world)
{
    end_zombies(world, false);
}

// What goes wrong, and how often: of so many ticks.
enum { TROUBLE_OF_TICKS = 1500 };
static const struct {
    size_t ticks;
    void (*happen)(struct world *world);
} troubles[] = {
    {3, crash_server},   {1, restart_member},   {1, rewind_position},    {5, cut_connection},
    {5, begin_handover}, {4, end_some_zombies}, {3, refuse_bookkeeping},
};

static void trouble(struct world *world)
{
    size_t die = dice_below(&world->dice, TROUBLE_OF_TICKS);

    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
        if (die < troubles[i].ticks) {
            troubles[i].happen(world);
            return;
        }
        die -= troubles[i].ticks;
    }
}

static void tick(struct world *world)
{
    world->now_us++;
    if (dice_percent(&world->dice, 10))
        made_log_grow(&world->log, &world->dice, world->now_us);
    if (dice_percent(&world->dice, 2))
        made_server_flush(&world->server);
    if (dice_percent(&world->dice, 2))
        made_server_run_ghost(&world->server);
    if (dice_percent(&world->dice, 1))
        retry_late_event(world);
    go_on_with_handovers(world);
    world->now_us++;
    member_act(some_member(world), world->now_us);
}

static bool is_at_rest(const struct world *world, int64_t since_us)
{
    if (!made_log_is_whole(&world->log) || world->server.ghost_count ||
        world->late_done < world->late_count)
        return false;
    for (size_t i = 0; i < SIM_PARTITIONS; i++) {
        if (world->handovers[i].open)
            return false;
    }
    for (size_t i = 0; i < world->member_count; i++) {
        if (!member_is_at_rest(&world->members[i], since_us))
            return false;
    }
    return true;
}

static bool positions_are_at_the_end(struct world *world)
{
    for (size_t i = 0; i < SIM_PARTITIONS; i++) {
        const struct made_partition *partition = &world->log.partitions[i];
        int64_t next = world->server.now.positions[i].next_offset;

        if (next < partition->size && made_log_last_before(partition, partition->size) >= next)
            return false;
    }
    return true;
}

bool world_run(struct world *world)
{
    size_t ticks = dice_below(&world->dice, TROUBLE_TICKS_MAX);
    int64_t calm_since_us;

    world->server.troubled = true;
    world->server.alone = world->member_count == 1 && world->late_count == 0;
    for (; ticks > 0 && !world->server.fault[0]; ticks--) {
        trouble(world);
        tick(world);
    }
    world->server.troubled = false;
    world->server.refusal = REFUSES_NOTHING;
    calm_since_us = world->now_us;
    end_zombies(world, true);
    while (!is_at_rest(world, calm_since_us) && !world->server.fault[0]) {
        if (++ticks > CALM_TICKS_MAX)
            made_fault(&world->server, "does not come to rest");
        tick(world);
    }
    if (!positions_are_at_the_end(world))
        made_fault(&world->server, "all are at rest, and a position is not at the end");
    return !world->server.fault[0];
}
