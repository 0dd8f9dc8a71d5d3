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
                               .unanswered = 2};
    for (size_t i = 0; i < made_world.job_count; i++)
        out->in_status[made_world.jobs[i].status] += made_world_sees(scope, &made_world.jobs[i]);
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
