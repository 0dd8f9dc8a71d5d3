// SPDX-License-Identifier: Apache-2.0
#include "store/rules/rules.h"

#include "store/connection/link.h"
#include "store/connection/values.h"

enum { VERSION, ORGANIZATION, TYPE, ENDED_BEFORE, HAS_LINE };
enum { ERASED_AT, SALT, DIGEST };

void rules_init(struct rules *rules)
{
    *rules = (struct rules){.horizons.latest_us = TIME_NONE};
    arena_init(&rules->arena);
}

void rules_close(struct rules *rules)
{
    arena_reset(&rules->arena);
    rules_init(rules);
}

static int take_horizons(const PGresult *answer, struct rules *rules, struct err *err)
{
    const int rows = PQntuples(answer);
    struct horizon *items = arena_alloc(&rules->arena, ((size_t)rows + 1) * sizeof *items);

    if (!items)
        return err_no_memory(err);
    rules->horizons.items = items;
    rules->horizons.version = value_int8(answer, 0, VERSION);
    for (int row = 0; row < rows && value_bool(answer, row, HAS_LINE); row++) {
        struct horizon *line = &items[rules->horizons.count++];

        line->before_us = value_time(answer, row, ENDED_BEFORE);
        if (!arena_copy(&rules->arena, value_bytes(answer, row, ORGANIZATION),
                        &line->of.organization_id) ||
            !arena_copy(&rules->arena, value_bytes(answer, row, TYPE), &line->of.type))
            return err_no_memory(err);
    }
    horizons_settle(&rules->horizons);
    return DONE;
}

static int take_erasures(const PGresult *answer, struct rules *rules, struct err *err)
{
    const int rows = PQntuples(answer);
    struct erasure *items = arena_alloc(&rules->arena, ((size_t)rows + 1) * sizeof *items);

    if (!items)
        return err_no_memory(err);
    rules->erasures.items = items;
    for (int row = 0; row < rows; row++) {
        const struct slice digest = value_bytes(answer, row, DIGEST);
        struct erasure *item = &items[rules->erasures.count];

        if (digest.size != sizeof item->digest)
            continue; // nobody's event has such a one
        *item = (struct erasure){.erased_at_us = value_time(answer, row, ERASED_AT)};
        memcpy(item->digest, digest.data, sizeof item->digest);
        if (!arena_copy(&rules->arena, value_bytes(answer, row, SALT), &item->salt))
            return err_no_memory(err);
        rules->erasures.count++;
    }
    return DONE;
}

int rules_load(PGconn *connection, int timeout_ms, struct rules *rules, struct err *err)
{
    PGresult *horizons = NULL, *erased = NULL;
    int rc;

    rules_close(rules);
    rc = link_ask(connection, "rules_load", NULL, timeout_ms, &horizons, err);
    if (!rc)
        rc = link_ask(connection, "erased_load", NULL, timeout_ms, &erased, err);
    if (!rc)
        rc = take_horizons(horizons, rules, err);
    if (!rc)
        rc = take_erasures(erased, rules, err);
    PQclear(horizons);
    PQclear(erased);
    if (rc)
        rules_close(rules);
    return rc;
}
