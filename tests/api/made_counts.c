// SPDX-License-Identifier: Apache-2.0
#include "api/made_world.h"

int job_reader_count(struct job_reader *reader, const struct job_scope *scope,
                     const struct job_filter *filter, struct job_total *out, struct err *err)
{
    (void)filter;
    *out = (struct job_total){.exact = !made_world.count_is_bounded};
    for (size_t i = 0; i < made_world.job_count; i++)
        out->count += made_world_sees(scope, &made_world.jobs[i]);
    return made_world_asked(reader, err);
}

int job_reader_state_counts(struct job_reader *reader, const struct job_scope *scope,
                            const struct job_filter *filter, const struct job_waits *waits,
                            struct job_counts *out, struct err *err)
{
    made_world.filter = *filter;
    made_world.scope = *scope;
    made_world.waits = *waits;
    *out = (struct job_counts){.bounded = made_world.bounded,
                               .open_unknown = made_world.open_unknown,
                               .silent = 1,
                               .unanswered = 2,
                               .overtaken = made_world.open_unknown ? -1 : 3};
    for (size_t i = 0; i < made_world.job_count; i++)
        out->in_status[made_world.jobs[i].status] += made_world_sees(scope, &made_world.jobs[i]);
    return made_world_asked(reader, err);
}

int job_reader_timeline(struct job_reader *reader, const struct job_scope *scope,
                        const struct job_filter *filter, const struct job_period *period,
                        struct job_timeline *out, struct err *err)
{
    made_world.filter = *filter;
    made_world.scope = *scope;
    *out = (struct job_timeline){
        .step_count =
            (size_t)((period->to_us - period->from_us) / (period->step_s * US_PER_SECOND)) + 1,
        .uncounted_to_us =
            made_world.bounded ? period->from_us + 3 * US_PER_SECOND / 2 : TIME_NONE};
    out->in_status[2][STATUS_FAILED] = 7;
    return made_world_asked(reader, err);
}

int job_reader_count_before(struct job_reader *reader, const struct job_scope *scope,
                            const struct job_filter *filter, const struct job_page *page,
                            int64_t *out, struct err *err)
{
    (void)scope, (void)filter;
    *out = page->after.known && page->sort == SORT_CREATED ? made_world.before : -1;
    return made_world_asked(reader, err);
}
