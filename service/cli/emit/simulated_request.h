// SPDX-License-Identifier: Apache-2.0
// Members of the simulated world who ask for a job to be cancelled: mostly its creator, sometimes
// another member of the organisation, who has no right to. Pure, with a chance of its own, so that
// the jobs are the same whether anybody asks or not.
#pragma once

#include "cli/emit/chance.h"
#include "cli/emit/simulator_text.h"
#include "wire/cancel_messages.h"

// What will be asked about one job, decided when it is created.
struct simulated_asking {
    unsigned turns;  // of the job until somebody asks; 0: nobody does, or has already
    unsigned member; // who asks
};

// A request with the texts it refers to: not to be copied.
struct simulated_request {
    struct cancel_requested request;
    char organization[SIMULATED_NAME_SIZE], requester[SIMULATED_NAME_SIZE], job[UUID_TEXT_SIZE];
};

// percent: of jobs that somebody asks to cancel. members: of the creator's organisation.
struct simulated_asking simulated_asking_plan(struct chance *chance, unsigned percent,
                                              unsigned creator, unsigned members);
// Counts a turn of the job, which may be its last; true if the member asks now.
bool simulated_asking_is_due(struct simulated_asking *asking, bool is_last);
void simulated_request_make(struct simulated_request *out, struct chance *chance,
                            unsigned organization, unsigned member, const struct uuid *job,
                            int64_t now_us);
