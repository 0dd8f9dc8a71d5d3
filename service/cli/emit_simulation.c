// SPDX-License-Identifier: Apache-2.0
#include "cli/emit_simulation.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/random.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/simulator.h"

enum {
    FLUSH_TIMEOUT_MS = 30 * 1000,
    POLL_EVERY_EVENTS = 256, // polling for each event would cost more than making it
    LONGEST_WAIT_MS = 100,
};

struct run {
    struct simulator *simulator;
    struct emitter *emitter;
    struct progress progress;
    uint64_t events, rate; // rate: of events a second; 0: as fast as it goes
    int64_t began_us;
};

static int read_flags(const struct arguments *arguments, struct simulator_options *options,
                      uint64_t *rate, struct err *err)
{
    long long jobs, events_per_second, disorder, organizations, members, running, seed;
    int result = arguments_integer(arguments, "simulate", 0, INT64_MAX, 0, &jobs, err);

    if (!result)
        result = arguments_integer(arguments, "rate", 0, 10000000, 100, &events_per_second, err);
    if (!result)
        result = arguments_integer(arguments, "disorder", 0, 100, 0, &disorder, err);
    if (!result)
        result = arguments_integer(arguments, "organizations", 1, 1000000, 3, &organizations, err);
    if (!result)
        result = arguments_integer(arguments, "members", 1, 1000000, 20, &members, err);
    if (!result)
        result = arguments_integer(arguments, "running", 1, 1000000, 30, &running, err);
    if (!result)
        result = arguments_integer(arguments, "seed", INT64_MIN, INT64_MAX, (long long)random_u64(),
                                   &seed, err);
    if (result)
        return result;
    *rate = (uint64_t)events_per_second;
    *options = (struct simulator_options){.seed = (uint64_t)seed,
                                          .jobs = (uint64_t)jobs,
                                          .open_jobs = (size_t)running,
                                          .organizations = (unsigned)organizations,
                                          .members = (unsigned)members,
                                          .disorder_percent = (unsigned)disorder};
    return DONE;
}

// Waits until the next event is due, and takes in deliveries meanwhile.
static int wait_for_turn(struct run *run, struct err *err)
{
    while (run->rate && !interrupt_seen()) {
        int64_t due_us = run->began_us + (int64_t)((double)run->events * 1e6 / (double)run->rate);
        int64_t ahead_ms = (due_us - clock_monotonic_us()) / 1000;
        int result;

        if (ahead_ms <= 0)
            break;
        result = emitter_poll(run->emitter,
                              ahead_ms < LONGEST_WAIT_MS ? (int)ahead_ms : LONGEST_WAIT_MS, err);
        if (result)
            return result;
    }
    return run->events % POLL_EVERY_EVENTS ? DONE : emitter_poll(run->emitter, 0, err);
}

static int emit_all(struct run *run, struct err *err)
{
    struct event event;

    while (!interrupt_seen() && simulator_next(run->simulator, clock_now_us(), &event)) {
        int result = emitter_send(run->emitter, &event, err);

        if (result && interrupt_seen())
            return DONE; // given up waiting for room in the queue
        if (result)
            return result;
        run->events++;
        progress_show(&run->progress, simulator_jobs_done(run->simulator), run->events,
                      clock_monotonic_us());
        result = wait_for_turn(run, err);
        if (result)
            return result;
    }
    return DONE;
}

// What became of it all, also after Ctrl-C.
static int conclude(struct run *run, int result, struct err *err)
{
    const struct emitter_delivery *delivery = emitter_delivery(run->emitter, EMITTED_EVENTS);
    struct err flush_err;
    int flushed = emitter_flush(run->emitter, FLUSH_TIMEOUT_MS, &flush_err);

    progress_end(&run->progress, simulator_jobs_done(run->simulator), run->events,
                 clock_monotonic_us());
    fprintf(stderr,
            "%" PRIu64 " events of %" PRIu64 " ended jobs; delivered to %s: %" PRIu64
            ", failed: %" PRIu64 ", not known: %" PRIu64 "\n",
            run->events, simulator_jobs_done(run->simulator),
            emitter_topic(run->emitter, EMITTED_EVENTS), delivery->delivered, delivery->failed,
            run->events - delivery->delivered - delivery->failed);
    if (result)
        return result;
    if (delivery->failed) {
        *err = delivery->first_failure;
        return (int)err->disposition;
    }
    if (flushed)
        *err = flush_err;
    return flushed;
}

int emit_simulation(const struct invocation *invocation, struct emitter *emitter, struct err *err)
{
    struct run run = {.emitter = emitter};
    struct simulator_options options;
    int result = read_flags(invocation->arguments, &options, &run.rate, err);

    if (result)
        return result;
    result = simulator_new(&options, &run.simulator, err);
    if (result)
        return result;
    fprintf(stderr, "simulating with --seed %" PRId64 "\n", (int64_t)options.seed);
    interrupt_watch();
    run.began_us = clock_monotonic_us();
    progress_begin(&run.progress, "jobs", options.jobs, run.began_us);
    result = conclude(&run, emit_all(&run, err), err);
    simulator_free(run.simulator);
    return result;
}
