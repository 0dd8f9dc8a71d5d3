// SPDX-License-Identifier: Apache-2.0
// Runs projectors in many made worlds. JOBTRAIL_WORLDS sets how many, JOBTRAIL_SEED the first
// one's seed (the n-th world's is n more), so that the seed that a failure prints repeats it with
// JOBTRAIL_WORLDS=1.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "property/environment.h"
#include "sim/world.h"

#ifdef NDEBUG
enum { WORLDS_USUALLY = 2000 };
#else
enum { WORLDS_USUALLY = 300 };
#endif

struct sums {
    size_t commits, failures, restarts, events;
};

static bool run(struct world *world, const struct event_generator *generator, uint64_t seed,
                struct sums *sums)
{
    bool good;

    world_init(world, generator, seed);
    good = world_run(world) && world_judge(world);
    if (!good)
        fprintf(stderr, "JOBTRAIL_SEED=%" PRIu64 " JOBTRAIL_WORLDS=1: %s\n", seed,
                world->server.fault);
    sums->commits += world->server.commits;
    sums->failures += world->server.failures;
    sums->events += world->event_count;
    for (size_t i = 0; i < SIM_MEMBERS; i++)
        sums->restarts += world->members[i].restarts;
    world_close(world);
    return good;
}

int main(void)
{
    uint64_t worlds = number_from_environment("JOBTRAIL_WORLDS", WORLDS_USUALLY);
    uint64_t first = number_from_environment("JOBTRAIL_SEED", random_u64() >> 16);
    uint64_t failed = 0, most_failed = number_from_environment("JOBTRAIL_FAULTS", 1);
    struct world *world = malloc(sizeof *world);
    struct event_generator generator;
    struct sums sums = {0};

    if (!world || !worlds)
        return EXIT_FAILURE;
    event_generator_init(&generator);
    printf("JOBTRAIL_SEED=%" PRIu64 " JOBTRAIL_WORLDS=%" PRIu64 "\n", first, worlds);
    fflush(stdout);
    for (uint64_t seed = first; seed - first < worlds && failed < most_failed; seed++)
        failed += !run(world, &generator, seed, &sums);
    printf("%zu events, %zu commits, %zu failures, %zu fresh starts\n", sums.events, sums.commits,
           sums.failures, sums.restarts);
    event_generator_close(&generator);
    free(world);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
