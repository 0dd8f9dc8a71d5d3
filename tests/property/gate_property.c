// SPDX-License-Identifier: Apache-2.0
// Tries to get past the cancel gate in many made worlds; the oracle says who may. JOBTRAIL_CASES
// sets how many requests are judged, JOBTRAIL_SEED the first world's seed (the n-th world's is n
// more), so that the seed that a failure prints repeats it with JOBTRAIL_CASES=1. With
// JOBTRAIL_AUTHORITY=1 only an unauthorised command is a failure: a world ends where something else
// is not as expected (for mutants.py).
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "property/environment.h"
#include "property/gate_world.h"

#ifdef NDEBUG
enum { CASES_USUALLY = 1000 * 1000 };
#else
enum { CASES_USUALLY = 200 * 1000 };
#endif
// Of so many cases one at least must be of each look-alike, or of each reason to refuse; a test
// that asked for nothing hard would be green.
enum { ONE_OF = 1000, ENTITLED_PERCENT = 30, ENOUGH_TO_COUNT = 50 * 1000 };

static bool enough(const char *what, uint64_t count, uint64_t cases)
{
    if (count >= cases / ONE_OF)
        return true;
    fprintf(stderr, "only %" PRIu64 " cases of: %s\n", count, what);
    return false;
}

static bool covers_all(const struct gate_sums *sums)
{
    bool good = true;

    for (int kind = 0; kind < LOOK_ALIKES; kind++)
        good &=
            enough(look_alike_name((enum look_alike)kind), sums->look_alikes[kind], sums->cases);
    for (int code = REASON_CREATOR; code < CANCEL_REASON_CODES; code++)
        good &= enough(cancel_reason_name((enum cancel_reason_code)code), sums->reasons[code],
                       sums->cases);
    if (sums->granted * 100 >= sums->cases * ENTITLED_PERCENT)
        return good;
    fprintf(stderr, "less than %d %% of the cases were entitled\n", ENTITLED_PERCENT);
    return false;
}

static void print(const struct gate_sums *sums, uint64_t worlds)
{
    printf("%" PRIu64 " cases in %" PRIu64 " worlds: %" PRIu64 " granted, %" PRIu64
           " refused, %" PRIu64 " waited, %" PRIu64 " repeated; %" PRIu64 " commands, %" PRIu64
           " unauthorised\nlook-alikes that only the requester's id kept out:",
           sums->cases, worlds, sums->granted, sums->refused, sums->waited, sums->repeated,
           sums->commands, sums->unauthorised);
    for (int kind = 0; kind < LOOK_ALIKES; kind++)
        printf("%s %s %" PRIu64, kind ? "," : "", look_alike_name((enum look_alike)kind),
               sums->look_alikes[kind]);
    printf("\nreasons:");
    for (int code = REASON_CREATOR; code < CANCEL_REASON_CODES; code++)
        printf(" %s %" PRIu64, cancel_reason_name((enum cancel_reason_code)code),
               sums->reasons[code]);
    printf("\n");
}

int main(void)
{
    uint64_t cases = number_from_environment("JOBTRAIL_CASES", CASES_USUALLY);
    uint64_t first = number_from_environment("JOBTRAIL_SEED", random_u64() >> 16), seed = first;
    const bool authority_alone = number_from_environment("JOBTRAIL_AUTHORITY", 0) == 1;
    struct gate_world *world = malloc(sizeof *world);
    struct event_generator generator;
    struct gate_sums sums = {0};
    bool good = world && cases > 0;

    event_generator_init(&generator);
    printf("JOBTRAIL_SEED=%" PRIu64 " JOBTRAIL_CASES=%" PRIu64 "\n", first, cases);
    fflush(stdout);
    for (; good && sums.cases < cases; seed++) {
        good = (gate_world_run(world, &generator, seed, &sums) || authority_alone) &&
               !sums.unauthorised;
        if (!good)
            fprintf(stderr, "JOBTRAIL_SEED=%" PRIu64 " JOBTRAIL_CASES=1: %s\n", seed,
                    sums.unauthorised ? "an unauthorised command" : world->fault);
    }
    print(&sums, seed - first);
    good = good && (sums.cases < ENOUGH_TO_COUNT || authority_alone || covers_all(&sums));
    event_generator_close(&generator);
    free(world);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
