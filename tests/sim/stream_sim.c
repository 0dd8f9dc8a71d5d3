// SPDX-License-Identifier: Apache-2.0
// Two live hubs over one made database, often one of them over its replica, whose memory runs short
// now and then, and clients that come, read in pieces, break off and come back to either: in the
// end each sees what a list would show, and at no time anything out of their scope. JOBTRAIL_WORLDS
// sets how many worlds, JOBTRAIL_SEED the first one's seed.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/random.h"
#include "property/environment.h"
#include "sim/stream_sim_client.h"
#include "support/failing_malloc.h"

#ifdef NDEBUG
enum { WORLDS_USUALLY = 1000 };
#else
enum { WORLDS_USUALLY = 300 };
#endif

enum { HUBS = 2, CLIENTS = 6, STEPS = 400, LAST_ROUNDS = 8 };

struct world {
    struct dice dice;
    struct api api;
    struct hub *hubs[HUBS];
    int64_t skew_us[HUBS]; // of their wall clocks
    bool memory_fails;     // now and then
    struct sim_client clients[CLIENTS];
};

struct sums {
    size_t messages, resets, resumed;
};

// What the hubs draw by chance belongs to the seed as well (-Wl,--wrap=random_u64).
uint64_t __real_random_u64(void);
uint64_t __wrap_random_u64(void);

uint64_t __wrap_random_u64(void)
{
    return sim_database.dice ? dice_u64(sim_database.dice) : __real_random_u64();
}

static void go_round(struct world *world, size_t place)
{
    hub_round(world->hubs[place], sim_database.lived_us,
              sim_database.now_us + world->skew_us[place]);
}

// A position of one hub means something to another as far as their servers' clocks agree.
static struct hub *some_hub(struct world *world, size_t client)
{
    size_t place = dice_below(&world->dice, HUBS);

    return world->hubs[sim_database.clocks_differ ? client % HUBS : place];
}

static bool begin(struct world *world, uint64_t seed)
{
    static const char *const topics[] = {"events", NULL};
    struct err err;

    world->dice = dice_from(seed);
    world->api = (struct api){.base_url = "", .event_topics = topics};
    sim_database_begin(&world->dice);
    world->memory_fails = dice_percent(&world->dice, 40);
    for (size_t i = 0; i < HUBS; i++) {
        world->skew_us[i] = (int64_t)dice_below(&world->dice, 10000000) - 5000000;
        if (hub_new(
                &(struct hub_options){.api = &world->api, .store.conninfo = i ? sim_replica : NULL},
                &world->hubs[i], &err))
            return false;
    }
    for (size_t i = 0; i < CLIENTS; i++)
        sim_client_begin(&world->clients[i], &world->dice);
    return true;
}

static void step(struct world *world)
{
    struct dice *dice = &world->dice;
    size_t place = dice_below(dice, CLIENTS);
    struct sim_client *client = &world->clients[place];

    sim_database_step();
    if (dice_percent(dice, 60)) {
        if (world->memory_fails && dice_percent(dice, 10))
            failing_malloc_after((long)dice_between(dice, 1, 40));
        go_round(world, dice_below(dice, HUBS));
        failing_malloc_never();
    }
    if (dice_percent(dice, 10))
        sim_client_leave(client);
    else if (dice_percent(dice, 40))
        sim_client_come(client, some_hub(world, place));
    else
        sim_client_read(client, dice_below(dice, 3000));
    if (dice_below(dice, 200) == 0) // what they missed is forgotten
        client->last_id = client->subscriber ? client->last_id : (int64_t)dice_below(dice, 5);
}

// Time passes without changes, and everybody reads to the end.
static void settle(struct world *world)
{
    sim_database_settle();
    for (int i = 0; i < LAST_ROUNDS; i++) {
        sim_database_pass(3 * US_PER_SECOND);
        for (size_t j = 0; j < HUBS; j++)
            go_round(world, j);
        for (size_t j = 0; j < CLIENTS; j++) {
            sim_client_come(&world->clients[j], some_hub(world, j));
            sim_client_read(&world->clients[j], CLIENT_TEXT);
        }
    }
}

static const char *judge(struct world *world, struct sums *sums)
{
    for (size_t i = 0; i < CLIENTS; i++) {
        const struct sim_client *client = &world->clients[i];

        sums->messages += client->messages;
        sums->resets += client->resets;
        sums->resumed += client->resumed;
        if (client->fault)
            return client->fault;
        if (!sim_client_is_right(client))
            return "a client does not see what a list would show";
    }
    return NULL;
}

static void end(struct world *world)
{
    for (size_t i = 0; i < CLIENTS; i++)
        sim_client_leave(&world->clients[i]);
    for (size_t i = 0; i < HUBS; i++)
        hub_free(world->hubs[i]);
}

int main(void)
{
    uint64_t worlds = number_from_environment("JOBTRAIL_WORLDS", WORLDS_USUALLY);
    uint64_t first = number_from_environment("JOBTRAIL_SEED", random_u64() >> 16);
    struct world *world = calloc(1, sizeof *world);
    const char *fault = world ? NULL : "no memory";
    struct sums sums = {0};

    printf("JOBTRAIL_SEED=%" PRIu64 " JOBTRAIL_WORLDS=%" PRIu64 "\n", first, worlds);
    log_setup(LOG_LOGFMT, LOG_ERROR, "sim");
    for (uint64_t seed = first; !fault && seed - first < worlds; seed++) {
        if (!begin(world, seed))
            break;
        for (int i = 0; i < STEPS; i++)
            step(world);
        settle(world);
        fault = judge(world, &sums);
        if (fault)
            fprintf(stderr, "JOBTRAIL_SEED=%" PRIu64 " JOBTRAIL_WORLDS=1: %s\n", seed, fault);
        end(world);
    }
    printf("%zu messages about jobs, %zu resets, %zu times resumed\n", sums.messages, sums.resets,
           sums.resumed);
    free(world);
    // It is not about nothing.
    return fault || sums.messages < worlds || sums.resumed < worlds ? EXIT_FAILURE : EXIT_SUCCESS;
}
