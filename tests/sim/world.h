// SPDX-License-Identifier: Apache-2.0
// A made world around projectors, drawn from a seed: jobs and their events on a made Kafka, a made
// PostgreSQL, a consumer group that hands partitions about, and everything that goes wrong. First
// there is trouble, then calm; when all is at rest, the read model must be what the oracle says.
#pragma once

#include "property/event_generator.h"
#include "sim/member.h"

enum { SIM_LATE_MAX = 16, SIM_EVENTS_MAX = 2048 };

// A partition that goes from one member to another.
struct handover {
    bool open;
    size_t to;
    size_t patience; // ticks that the new owner waits for the old one
};

struct world {
    struct dice dice;
    int64_t now_us;
    struct made_log log;
    struct made_server server;
    size_t member_count;
    struct member members[SIM_MEMBERS];
    size_t owner[SIM_PARTITIONS];
    bool zombie[SIM_MEMBERS][SIM_PARTITIONS]; // lost the partition and does not know yet
    struct handover handovers[SIM_PARTITIONS];

    struct arena arena; // of keys
    struct job_key keys[SIM_JOBS_MAX];
    size_t job_count;
    // All that was made for the read model: what is on the log and not refused, and what comes late
    // as dead letters tried again.
    struct event events[SIM_EVENTS_MAX];
    size_t event_count;
    struct event late[SIM_LATE_MAX];
    size_t late_count, late_done;
};

void world_init(struct world *world, const struct event_generator *generator, uint64_t seed);
void world_close(struct world *world);
// Runs until all is at rest. False with the fault in world->server.fault.
bool world_run(struct world *world);
// Holds the read model against the oracle. False likewise.
bool world_judge(struct world *world);
