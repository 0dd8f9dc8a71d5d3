// SPDX-License-Identifier: Apache-2.0
// A world of lifelike jobs: people of a few organisations start jobs that load, analyse or seed,
// tell their progress, and end well, badly or cancelled; some failures are tried again. Members ask
// for jobs to be cancelled, and a job that is commanded to stop does. Pure: its events and requests
// follow from the seed, the times it is told and the commands it is given, and from nothing else.
#pragma once

#include "core/event.h"
#include "wire/cancel_messages.h"

struct simulator;

struct simulator_options {
    uint64_t seed;
    uint64_t jobs;                   // how many to make; 0: without end
    size_t open_jobs;                // how many run at once, 1 to 1,000,000
    unsigned organizations;          // at least 1
    unsigned members;                // of each organisation, at least 1
    unsigned disorder_percent;       // 0 to 100: of events that come late, or again
    unsigned cancel_request_percent; // 0 to 100: of jobs that somebody asks to cancel
};

// RETRY without memory.
int simulator_new(const struct simulator_options *options, struct simulator **out, struct err *err);
void simulator_free(struct simulator *simulator);

// The next event, as of now_us (which must not go back). Its slices are borrowed until the next
// call. False: all jobs have ended and every late event was given out.
bool simulator_next(struct simulator *simulator, int64_t now_us, struct event *event);
// Whether a member asked for a job to be cancelled when the last event was made. The slices are
// borrowed until the next call of simulator_next.
bool simulator_request(const struct simulator *simulator, struct cancel_requested *request);
// What the service that runs these jobs does about a command. True if organisation, job and attempt
// are all those of an open job: that job's next event is then a JobCancelled with the command's id.
bool simulator_command(struct simulator *simulator, const struct cancel_job *command);
// Jobs that have ended so far.
uint64_t simulator_jobs_done(const struct simulator *simulator);
