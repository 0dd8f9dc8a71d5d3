// SPDX-License-Identifier: Apache-2.0
// Runs two cancel gates in many made worlds. JOBTRAIL_WORLDS sets how many, JOBTRAIL_SEED the first
// one's seed (the n-th world's is n more), so that the seed that a failure prints repeats it with
// JOBTRAIL_WORLDS=1.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "property/environment.h"
#include "sim/gate_sim_world.h"

#ifdef NDEBUG
enum { WORLDS_USUALLY = 5000 };
#else
enum { WORLDS_USUALLY = 500 };
#endif

int main(void)
{
    uint64_t worlds = number_from_environment("JOBTRAIL_WORLDS", WORLDS_USUALLY);
    uint64_t first = number_from_environment("JOBTRAIL_SEED", random_u64() >> 16);
    struct gate_sim *world = malloc(sizeof *world);
    struct event_generator generator;
    struct gate_sim_sums sums = {0};
    bool good = world && worlds > 0;

    event_generator_init(&generator);
    printf("JOBTRAIL_SEED=%" PRIu64 " JOBTRAIL_WORLDS=%" PRIu64 "\n", first, worlds);
    fflush(stdout);
    for (uint64_t seed = first; good && seed - first < worlds; seed++) {
        gate_sim_run(world, &generator, seed, &sums);
        good = gate_sim_judge(world);
        if (!good)
            fprintf(stderr, "JOBTRAIL_SEED=%" PRIu64 " JOBTRAIL_WORLDS=1: %s\n", seed,
                    world->fault);
        gate_sim_close(world);
    }
    printf("%zu records, %zu clients, %zu granted, %zu waited, %zu commands, %zu published; "
           "%zu failures, %zu conflicts without end, %zu times one gate between another's steps\n",
           sums.records, sums.clients, sums.granted, sums.waited, sums.commands, sums.published,
           sums.failures, sums.conflicts, sums.nested);
    event_generator_close(&generator);
    free(world);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
