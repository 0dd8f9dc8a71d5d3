// SPDX-License-Identifier: Apache-2.0
#include "serve/source/scout.h"

#include <stdlib.h>

static bool is_any_unanswered(const struct start_search *searches, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (searches[i].rc == RETRY)
            return true;
    return false;
}

// While some broker is silent nothing more is asked than must be: the next round does it.
static void check(struct scout *scout, struct start_search *searches, size_t count)
{
    checkpoints_check(&scout->finder.positions, &scout->reader, searches, count);
    if (!is_any_unanswered(searches, count))
        start_finder_check_topics(&scout->finder, searches, count);
}

static void go(void *self, void *what)
{
    struct scout *scout = self;
    struct scout_round *round = what;
    struct start_search *searches = calloc(round->count, sizeof *searches);
    struct err err;

    for (size_t i = 0; i < round->count && searches; i++)
        searches[i].source = round->finds[i].reading->source;
    if (!searches)
        err_no_memory(&err);
    else if (round->task == SCOUT_START)
        start_finder_find(&scout->finder, searches, round->count);
    else
        check(scout, searches, round->count);
    for (size_t i = 0; i < round->count; i++)
        round->finds[i].search =
            searches ? searches[i] : (struct start_search){.rc = RETRY, .err = err};
    free(searches);
}

void scout_init(struct scout *scout, const struct start_finder *finder,
                const struct record_reader *reader)
{
    *scout = (struct scout){.finder = *finder, .reader = *reader};
    errand_init(&scout->errand, go, scout);
}

void scout_close(struct scout *scout)
{
    free(errand_close(&scout->errand));
    start_finder_close(&scout->finder);
}
