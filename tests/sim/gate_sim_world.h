// SPDX-License-Identifier: Apache-2.0
// A made world for two cancel gates on one primary: requests over Kafka and HTTP, often the same
// over both, jobs whose events come late, a relay that crashes, commits of which nobody knows. What
// one gate does between two steps of the other, and what fails, is drawn from a seed.
#pragma once

#include "property/event_generator.h"
#include "sim/made_ledger.h"

enum {
    SIM_GATES = 2,
    SIM_JOBS = 3,
    SIM_RECORDS_MAX = 48,
    SIM_CLIENTS_MAX = 48,
    SIM_PUBLISHED_MAX = 4096,
};

struct gate_sim_sums {
    size_t records, clients, granted, commands, published, failures, conflicts, nested, waited;
};

struct gate_sim {
    struct dice dice;
    struct arena arena;
    struct made_ledger ledger;
    int64_t now_us;
    // A projected row's revision is the number of events that it knows.
    struct sim_job {
        struct job_key key;
        struct event_set set;
        size_t come;
        struct row *row;
    } jobs[SIM_JOBS];
    struct sim_gate {
        struct gate_sim *world;
        struct ledger_session session;
        struct gate gate;
        int64_t next_offset; // where it believes to be
        bool busy;
    } gates[SIM_GATES];
    struct cancel_request records[SIM_RECORDS_MAX]; // job.cancel-requests
    size_t record_count;
    // Who asks over HTTP, until there is an answer, and now and then again.
    struct sim_client {
        struct cancel_request request;
        bool answered;
        enum cancel_decision decision;
        enum cancel_reason_code reason_code;
        struct uuid command_id;
    } clients[SIM_CLIENTS_MAX];
    size_t client_count;
    size_t relayed; // so much of the outbox is marked as published
    struct ledger_outgoing published[SIM_PUBLISHED_MAX];
    size_t published_count;
    size_t conflict_percent; // of steps; some worlds have many
    bool calm;               // nothing fails any more
    struct gate_sim_sums *sums;
    char fault[512]; // empty: none
};

// Lives, then comes to rest: all events have come, all is read, decided and published.
void gate_sim_run(struct gate_sim *world, const struct event_generator *generator, uint64_t seed,
                  struct gate_sim_sums *sums);
// Whether all that must hold does; else world->fault says what does not.
bool gate_sim_judge(struct gate_sim *world);
void gate_sim_close(struct gate_sim *world);

// Notes the first fault. Always false.
bool gate_sim_fault(struct gate_sim *world, const char *what);
