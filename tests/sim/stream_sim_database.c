// SPDX-License-Identifier: Apache-2.0
#include "sim/stream_sim_database.h"

#include <stdlib.h>

#include "core/stream_resume.h"

enum {
    TRANSACTION_US = CHANGE_COMMITS_WITHIN_S * 1000 * 1000,
    LOST_US = 200 * 1000, // what is younger is not on the disk yet, nor with the replica
    KEPT_US = CHANGES_KEPT_S * 1000 * 1000,
    START_US = 1000 * 1000 * 1000,
    STAMPED_US = 300 * 1000,
    PAUSE_US = 120 * 1000 * 1000,
    FAILOVER_US = 1000 * 1000,        // until a promotion is done, at least
    CLOCKS_US = 900 * 1000,           // by which those of two servers may differ ...
    CLOCKS_FAR_US = 30 * 1000 * 1000, // ... where that is little
};

struct sim_database sim_database;
const char sim_replica[] = "replica";

const char *sim_organization(int job)
{
    return job < SIM_JOBS / 2 ? "a" : "b";
}

const char *sim_creator(int job)
{
    return job % 2 ? "ada" : "bob";
}

const char *sim_type(int version)
{
    return version % 3 ? "Load" : "Seed";
}

const struct sim_server *sim_server(const char *conninfo)
{
    return conninfo == sim_replica && sim_database.has_replica ? &sim_database.replica
                                                               : &sim_database.primary;
}

void sim_database_begin(struct dice *dice)
{
    memset(&sim_database, 0, sizeof sim_database);
    sim_database.dice = dice;
    sim_database.now_us = START_US;
    sim_database.primary.started_us = 2 * START_US;
    sim_database.replica.started_us = 2 * START_US + 1;
    sim_database.has_replica = dice_percent(dice, 60);
    sim_database.clocks_differ = dice_percent(dice, 30);
    sim_database.replayed_us = TIME_NONE;
    sim_database.next_id = 1;
    sim_database.fails_percent = dice_percent(dice, 50) ? 0 : 10;
}

static void begin_transaction(void)
{
    struct sim_database *database = &sim_database;

    if (database->open_count == SIM_TRANSACTIONS)
        return;
    database->open[database->open_count++] = (struct sim_change){
        .id = database->next_id++,
        .began_at_us = database->now_us,
        .jobs = ((unsigned)dice_u64(database->dice) & (unsigned)dice_u64(database->dice) &
                 ((1U << SIM_JOBS) - 1)) |
                database->owed,
        .is_large = dice_percent(database->dice, 3),
    };
}

// The next of the log, at that server.
static void apply(struct sim_server *server)
{
    unsigned jobs = sim_database.log[server->end++].jobs;

    for (int job = 0; job < SIM_JOBS; job++)
        if (jobs & 1U << job)
            server->version[job]++;
}

static void end_transaction(size_t place, bool commits)
{
    struct sim_database *database = &sim_database;
    struct sim_change change = database->open[place];

    database->open[place] = database->open[--database->open_count];
    if (!commits || !change.jobs)
        return;
    if (database->log_count == SIM_CHANGES)
        abort();
    change.committed_at_us = database->now_us;
    change.stamped_us = database->now_us - (int64_t)dice_below(database->dice, STAMPED_US);
    change.kept = database->primary.kept;
    database->owed &= ~change.jobs;
    database->log[database->log_count++] = change;
    apply(&database->primary);
}

static void lose_last(void)
{
    struct sim_database *database = &sim_database;
    const struct sim_change *last = &database->log[--database->log_count];

    database->owed |= last->jobs;
    if (last->id < database->next_id)
        database->next_id = last->id; // drawn again
}

// What is left was drawn before, whatever was lost in between.
static void draw_on(struct sim_database *database)
{
    for (size_t i = 0; i < database->log_count; i++)
        if (database->log[i].id >= database->next_id)
            database->next_id = database->log[i].id + 1;
}

static void restart(void)
{
    struct sim_database *database = &sim_database;
    struct sim_server *primary = &database->primary;

    database->open_count = 0;
    while (database->log_count > primary->kept &&
           database->now_us - database->log[database->log_count - 1].committed_at_us <= LOST_US)
        lose_last();
    draw_on(database);
    *primary = (struct sim_server){.started_us = 2 * database->now_us, .kept = primary->kept};
    while (primary->end < database->log_count)
        apply(primary);
}

// The primary is lost, with what the replica does not have.
static void promote(void)
{
    struct sim_database *database = &sim_database;
    int64_t differ_us = database->clocks_differ ? CLOCKS_FAR_US : CLOCKS_US;

    database->open_count = 0;
    while (database->log_count > database->replica.end)
        lose_last();
    draw_on(database);
    database->primary = database->replica;
    database->has_replica = false;
    database->lived_us += FAILOVER_US;
    database->now_us +=
        FAILOVER_US + (int64_t)dice_below(database->dice, 2 * (size_t)differ_us) - differ_us;
}

static void restart_replica(void)
{
    sim_database.replica.started_us = 2 * sim_database.now_us + 1;
    if (dice_percent(sim_database.dice, 50))
        sim_database.replayed_us = TIME_NONE;
}

// Also commits that change nothing are replayed, and tell the time.
static void replay(void)
{
    struct sim_database *database = &sim_database;
    struct sim_server *replica = &database->replica;
    int64_t written_us = database->now_us - LOST_US;

    if (!database->has_replica || database->now_us < database->paused_until_us)
        return;
    while (replica->end < database->log_count &&
           database->log[replica->end].committed_at_us < written_us) {
        const struct sim_change *change = &database->log[replica->end];

        apply(replica);
        replica->kept = change->kept;
        database->replayed_us = change->stamped_us;
        if (dice_percent(database->dice, 10))
            return;
    }
    if (dice_percent(database->dice, 50))
        database->replayed_us = written_us - 1;
}

void sim_database_pass(int64_t us)
{
    struct sim_database *database = &sim_database;
    struct sim_server *primary = &database->primary;

    database->now_us += us;
    database->lived_us += us;
    for (size_t i = database->open_count; i--;)
        if (database->now_us - database->open[i].began_at_us >= TRANSACTION_US)
            end_transaction(i, false);
    while (primary->kept < primary->end &&
           database->now_us - database->log[primary->kept].committed_at_us > KEPT_US)
        primary->kept++;
    replay();
}

void sim_database_step(void)
{
    struct sim_database *database = &sim_database;
    struct dice *dice = database->dice;

    sim_database_pass((int64_t)dice_below(dice, dice_percent(dice, 2) ? 20000000 : 100000));
    if (dice_percent(dice, 50))
        begin_transaction();
    if (database->open_count && dice_percent(dice, 45))
        end_transaction(dice_below(dice, database->open_count), !dice_percent(dice, 15));
    if (dice_below(dice, 400) == 0)
        restart();
    if (!database->has_replica)
        return;
    if (dice_below(dice, 150) == 0)
        database->paused_until_us = database->now_us + (int64_t)dice_below(dice, PAUSE_US);
    if (dice_below(dice, 400) == 0)
        restart_replica();
    if (dice_below(dice, 600) == 0)
        promote();
}

void sim_database_settle(void)
{
    while (sim_database.open_count)
        end_transaction(0, true);
    if (sim_database.owed) {
        begin_transaction();
        end_transaction(0, true);
    }
    sim_database.fails_percent = 0;
    sim_database.paused_until_us = 0;
}
