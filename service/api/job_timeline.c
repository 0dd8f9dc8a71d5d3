// SPDX-License-Identifier: Apache-2.0
// How many jobs that the viewer sees were created in each step of a period and are in each state.
#include "api/counted.h"
#include "api/list_query.h"
#include "api/query_values.h"
#include "api/resources.h"
#include "view/scope.h"

enum { STEPS_DEFAULT = 24 };

static const char too_many_steps[] =
    "so many seconds that the period of datetime has at most 200 steps, 3600 unless it is given";

// Where datetime leaves it open the period ends now, and has 24 steps that begin with the hour, or
// whatever else is a step. False: it has too many.
static bool find_period(const struct list_query *query, int64_t now_us, struct job_period *out)
{
    const struct job_span *asked = &query->filter.moments[MOMENT_CREATED];
    int64_t step_us = query->step_s * US_PER_SECOND;

    out->step_s = query->step_s;
    out->to_us = asked->to_us == TIME_NONE ? now_us : asked->to_us;
    out->from_us = asked->from_us == TIME_NONE
                       ? (out->to_us / step_us - STEPS_DEFAULT + 1) * step_us
                       : asked->from_us;
    if (out->from_us < QUERY_MOMENT_FIRST_US)
        out->from_us = QUERY_MOMENT_FIRST_US;
    if (out->from_us > out->to_us)
        out->to_us = out->from_us; // it begins in times to come
    return (out->to_us - out->from_us) / step_us < TIMELINE_STEPS_MAX;
}

// Of a step that ended before whatever was counted nothing is known.
static json_t *step_json(const struct job_period *period, const struct job_timeline *timeline,
                         size_t step)
{
    int64_t step_us = period->step_s * US_PER_SECOND;
    int64_t from_us = period->from_us + (int64_t)step * step_us;
    json_t *json = json_object();

    put_time(json, "from", from_us);
    if (timeline->uncounted_to_us == TIME_NONE || from_us + step_us > timeline->uncounted_to_us)
        put(json, "counts", counted_states(timeline->in_status[step]));
    return json;
}

static void answer(const struct api *api, struct visit *visit, const struct job_period *period,
                   const struct job_timeline *timeline)
{
    json_t *json, *steps;

    json_build_begin();
    json = json_object();
    steps = json_array();
    put_time(json, "from", period->from_us);
    put_time(json, "to", period->to_us);
    put_integer(json, "step", period->step_s);
    for (size_t i = 0; i < timeline->step_count; i++)
        json_array_append_new(steps, step_json(period, timeline, i));
    put(json, "steps", steps);
    put_time(json, "uncountedTo", timeline->uncounted_to_us);
    counted_answer(api, visit, json, timeline->uncounted_to_us != TIME_NONE);
}

int resource_job_timeline(const struct api *api, struct job_reader *reader, struct visit *visit,
                          struct err *err)
{
    struct job_timeline *timeline;
    struct job_period period;
    struct query_fault fault;
    struct list_query query;
    struct job_scope scope;
    int rc = DONE;

    if (!list_query_read_timeline(&visit->request, &visit->arena, &query, &fault)) {
        visit_bad_parameter(visit, fault.kind, fault.parameter, fault.allowed);
        return DONE;
    }
    if (!find_period(&query, visit->now_us, &period)) {
        visit_bad_parameter(visit, PARAMETER_VALUE, SLICE_LITERAL("step"), too_many_steps);
        return DONE;
    }
    if (query.mine)
        query.filter.creator_id = visit->viewer.member;
    timeline = arena_alloc(&visit->arena, sizeof *timeline);
    if (!timeline)
        return err_no_memory(err);
    *timeline = (struct job_timeline){.uncounted_to_us = TIME_NONE};
    if (scope_for_reading(&visit->viewer, &scope))
        rc = job_reader_timeline(reader, &scope, &query.filter, &period, timeline, err);
    if (!rc)
        answer(api, visit, &period, timeline);
    return rc;
}
