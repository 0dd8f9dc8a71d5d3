// SPDX-License-Identifier: Apache-2.0
// A topic that is deleted and made again, and logs that lose records with their leader, in many
// made worlds: no record of the new logs is ever skipped in silence, nothing is called another log
// that is the same, and a client that notices lets no position move on in the new log.
// JOBTRAIL_WORLDS sets how many worlds, JOBTRAIL_SEED the first one's seed.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/random.h"
#include "property/environment.h"
#include "sim/log_sim.h"

#ifdef NDEBUG
enum { WORLDS_USUALLY = 2000 };
#else
enum { WORLDS_USUALLY = 300 };
#endif

static struct log_sim sim;

int main(void)
{
    uint64_t worlds = number_from_environment("JOBTRAIL_WORLDS", WORLDS_USUALLY);
    uint64_t first = number_from_environment("JOBTRAIL_SEED", random_u64() >> 16);
    size_t remade = 0, torn = 0, refused = 0, starts = 0, records = 0;
    bool good = worlds > 0;

    printf("JOBTRAIL_SEED=%" PRIu64 " JOBTRAIL_WORLDS=%" PRIu64 "\n", first, worlds);
    fflush(stdout);
    if (!getenv("JOBTRAIL_LOG"))
        log_setup(LOG_LOGFMT, LOG_ERROR + 1, "sim");
    for (uint64_t seed = first; good && seed - first < worlds; seed++) {
        log_sim_init(&sim, seed);
        good = log_sim_run(&sim);
        if (!good)
            fprintf(stderr, "JOBTRAIL_SEED=%" PRIu64 " JOBTRAIL_WORLDS=1: %s\n", seed, sim.fault);
        remade += sim.remade;
        torn += sim.torn;
        refused += sim.refused;
        starts += sim.starts;
        records += sim.records;
        log_sim_close(&sim);
    }
    printf("%zu records, %zu starts, %zu times made again, %zu times torn, %zu times refused\n",
           records, starts, remade, torn, refused);
    return good && refused ? EXIT_SUCCESS : EXIT_FAILURE;
}
