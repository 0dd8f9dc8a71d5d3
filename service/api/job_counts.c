// SPDX-License-Identifier: Apache-2.0
// How many jobs that the viewer sees are in each state, and how many of them want a look.
#include "api/counted.h"
#include "api/list_query.h"
#include "api/resources.h"
#include "view/scope.h"

// The rules of silence as the reader takes them. False without memory.
static bool read_waits(const struct api *api, struct visit *visit, struct job_waits *out)
{
    const struct silence_rules *rules = &api->silence;
    struct slice *types = arena_alloc(&visit->arena, (rules->type_count + 1) * sizeof *types);
    int64_t *after_us = arena_alloc(&visit->arena, (rules->type_count + 1) * sizeof *after_us);

    if (!types || !after_us)
        return false;
    for (size_t i = 0; i < rules->type_count; i++) {
        types[i] = rules->by_type[i].type;
        after_us[i] = rules->by_type[i].after_us;
    }
    *out = (struct job_waits){.now_us = visit->now_us,
                              .after_us = rules->after_us,
                              .types = types,
                              .after_us_of = after_us,
                              .type_count = rules->type_count};
    return true;
}

static void answer(const struct api *api, struct visit *visit, const struct job_counts *counts)
{
    json_t *json;

    json_build_begin();
    json = json_object();
    put(json, "counts", counted_states(counts->in_status));
    if (!counts->open_unknown) {
        put_integer(json, "silent", counts->silent);
        put_integer(json, "unanswered", counts->unanswered);
    }
    if (counts->overtaken >= 0)
        put_integer(json, "overtaken", counts->overtaken);
    counted_answer(api, visit, json, counts->bounded);
}

int resource_job_counts(const struct api *api, struct job_reader *reader, struct visit *visit,
                        struct err *err)
{
    struct job_counts counts = {0};
    struct query_fault fault;
    struct list_query query;
    struct job_waits waits;
    struct job_scope scope;
    int rc = DONE;

    if (!list_query_read_filter(&visit->request, &visit->arena, &query, &fault)) {
        visit_bad_parameter(visit, fault.kind, fault.parameter, fault.allowed);
        return DONE;
    }
    if (query.mine)
        query.filter.creator_id = visit->viewer.member;
    if (!read_waits(api, visit, &waits))
        return err_no_memory(err);
    if (scope_for_reading(&visit->viewer, &scope))
        rc = job_reader_state_counts(reader, &scope, &query.filter, &waits, &counts, err);
    if (!rc)
        answer(api, visit, &counts);
    return rc;
}
