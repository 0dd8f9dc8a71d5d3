// SPDX-License-Identifier: Apache-2.0
// Folds made sets of events in many ways by core and holds each against the naive fold.
// JOBTRAIL_CASES sets how many sets, JOBTRAIL_SEED the first one's seed (the n-th set's is n
// more), so that the seed that a failure prints repeats it with JOBTRAIL_CASES=1.
#include <inttypes.h>
#include <stdlib.h>

#include "base/random.h"
#include "property/environment.h"
#include "property/event_generator.h"
#include "property/event_print.h"
#include "property/fold_check.h"

#ifdef NDEBUG
enum { CASES_USUALLY = 100 * 1000 };
#else
enum { CASES_USUALLY = 20 * 1000 };
#endif

static void explain(struct event_set *set, uint64_t seed, struct arena *arena)
{
    uint64_t order_seed = seed;

    set->count = fold_shrink(set->events, set->count, &order_seed, arena);
    fprintf(stderr,
            "the fold differs: JOBTRAIL_SEED=%" PRIu64 " JOBTRAIL_CASES=1\n"
            "what is left of the set after shrinking, in its order:\n",
            seed);
    for (size_t i = 0; i < set->count; i++)
        print_event(stderr, &set->events[i]);
    fold_holds(set->events, set->count, order_seed, arena, stderr);
}

int main(void)
{
    uint64_t cases = number_from_environment("JOBTRAIL_CASES", CASES_USUALLY);
    uint64_t first = number_from_environment("JOBTRAIL_SEED", random_u64() >> 16);
    uint64_t events = 0;
    bool good = cases > 0;
    struct event_generator generator;
    struct event_set set;
    struct arena arena;

    arena_init(&arena);
    event_generator_init(&generator);
    printf("JOBTRAIL_SEED=%" PRIu64 " JOBTRAIL_CASES=%" PRIu64 "\n", first, cases);
    fflush(stdout);
    for (uint64_t seed = first; good && seed - first < cases; seed++) {
        struct dice dice = dice_from(seed);

        event_generator_draw(&generator, SLICE_LITERAL("organisation"), SLICE_LITERAL("job"), &dice,
                             &set);
        events += set.count;
        good = fold_holds(set.events, set.count, seed, &arena, NULL);
        if (!good)
            explain(&set, seed, &arena);
    }
    if (good)
        printf("%" PRIu64 " sets of %" PRIu64 " events hold\n", cases, events);
    event_generator_close(&generator);
    arena_reset(&arena);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
