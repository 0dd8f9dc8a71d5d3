// SPDX-License-Identifier: Apache-2.0
#include "cli/emit/simulated_request.h"

enum {
    TURNS_MOST = 5,
    BY_ANOTHER = 25, // in percent
};

struct simulated_asking simulated_asking_plan(struct chance *chance, unsigned percent,
                                              unsigned creator, unsigned members)
{
    struct simulated_asking asking = {.member = creator};

    if (!chance_happens(chance, percent))
        return asking;
    asking.turns = 1 + (unsigned)chance_below(chance, TURNS_MOST);
    if (members > 1 && chance_happens(chance, BY_ANOTHER))
        asking.member =
            (creator + (unsigned)chance_below(chance, (uint64_t)members - 1)) % members + 1;
    return asking;
}

// Who meant to ask later asks when the job ends: too late, as people are.
bool simulated_asking_is_due(struct simulated_asking *asking, bool is_last)
{
    if (!asking->turns)
        return false;
    asking->turns = is_last ? 0 : asking->turns - 1;
    return !asking->turns;
}

void simulated_request_make(struct simulated_request *out, struct chance *chance,
                            unsigned organization, unsigned member, const struct uuid *job,
                            int64_t now_us)
{
    const char *reason = simulated_reasons[chance_below(chance, simulated_reason_count)];

    simulated_organization(organization, out->organization);
    simulated_member(organization, member, out->requester);
    uuid_format(job, out->job);
    out->request = (struct cancel_requested){
        .request_id = chance_uuid(chance),
        .organization_id = slice_of(out->organization),
        .job_id = slice_of(out->job),
        .requester_id = slice_of(out->requester),
        .requested_at_us = now_us,
        .reason = slice_of(reason),
    };
}
