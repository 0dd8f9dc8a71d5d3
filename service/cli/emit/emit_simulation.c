// SPDX-License-Identifier: Apache-2.0
#include "cli/emit/emit_simulation.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/random.h"
#include "cli/emit/command_feed.h"
#include "cli/emit/simulator.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/progress.h"

enum {
    FLUSH_TIMEOUT_MS = 30 * 1000,
    POLL_EVERY_EVENTS = 256, // polling for each event would cost more than making it
    LONGEST_WAIT_MS = 100,
};

struct run {
    struct simulator *simulator;
    struct emitter *emitter;
    struct command_feed *commands; // NULL: nobody commands
    struct progress progress;
    uint64_t events, rate; // rate: of events a second; 0: as fast as it goes
    uint64_t requests, obeyed;
    uint64_t jobs; // 0: endless
    int64_t began_us;
};

static int read_flags(const struct arguments *arguments, struct simulator_options *options,
                      uint64_t *rate, struct err *err)
{
    long long jobs, events_per_second, disorder, organizations, members, running, requests, seed;
    int rc = arguments_integer(arguments, "simulate", 0, INT64_MAX, 0, &jobs, err);

    if (!rc)
        rc = arguments_integer(arguments, "rate", 0, 10000000, 100, &events_per_second, err);
    if (!rc)
        rc = arguments_integer(arguments, "disorder", 0, 100, 0, &disorder, err);
    if (!rc)
        rc = arguments_integer(arguments, "organizations", 1, 1000000, 3, &organizations, err);
    if (!rc)
        rc = arguments_integer(arguments, "members", 1, 1000000, 20, &members, err);
    if (!rc)
        rc = arguments_integer(arguments, "running", 1, 1000000, 30, &running, err);
    if (!rc)
        rc = arguments_integer(arguments, "cancel-requests", 0, 100, 0, &requests, err);
    if (!rc)
        rc = arguments_integer(arguments, "seed", INT64_MIN, INT64_MAX, (long long)random_u64(),
                               &seed, err);
    if (rc)
        return rc;
    *rate = (uint64_t)events_per_second;
    *options = (struct simulator_options){.seed = (uint64_t)seed,
                                          .jobs = (uint64_t)jobs,
                                          .open_jobs = (size_t)running,
                                          .organizations = (unsigned)organizations,
                                          .members = (unsigned)members,
                                          .disorder_percent = (unsigned)disorder,
                                          .cancel_request_percent = (unsigned)requests};
    return DONE;
}

static void obey(void *self, const struct cancel_job *command)
{
    struct run *run = self;

    run->obeyed += simulator_command(run->simulator, command);
}

// Deliveries and commands.
static int take_in(struct run *run, int timeout_ms, struct err *err)
{
    command_feed_poll(run->commands);
    return emitter_poll(run->emitter, timeout_ms, err);
}

// Waits until the next event is due, and takes in what comes meanwhile.
static int wait_for_turn(struct run *run, struct err *err)
{
    while (run->rate && !interrupt_seen()) {
        int64_t due_us = run->began_us + (int64_t)((double)run->events * 1e6 / (double)run->rate);
        int64_t ahead_ms = (due_us - clock_monotonic_us()) / 1000;
        int rc;

        if (ahead_ms <= 0)
            break;
        rc = take_in(run, ahead_ms < LONGEST_WAIT_MS ? (int)ahead_ms : LONGEST_WAIT_MS, err);
        if (rc)
            return rc;
    }
    return run->events % POLL_EVERY_EVENTS ? DONE : take_in(run, 0, err);
}

// An event, and the request that came with it.
static int emit_next(struct run *run, const struct event *event, struct err *err)
{
    struct cancel_requested request;
    int rc = emitter_send(run->emitter, event, err);

    if (rc)
        return rc;
    run->events++;
    if (!simulator_request(run->simulator, &request))
        return DONE;
    rc = emitter_send_request(run->emitter, &request, NULL, err);
    if (!rc)
        run->requests++;
    return rc;
}

static void tell_progress(struct run *run)
{
    progress_tell(&run->progress, simulator_jobs_done(run->simulator), run->jobs, run->events);
}

static int emit_all(struct run *run, struct err *err)
{
    struct event event;

    while (!interrupt_seen() && simulator_next(run->simulator, clock_now_us(), &event)) {
        int rc = emit_next(run, &event, err);

        if (rc && interrupt_seen())
            return DONE; // given up waiting for room in the queue
        if (rc)
            return rc;
        tell_progress(run);
        rc = wait_for_turn(run, err);
        if (rc)
            return rc;
    }
    return DONE;
}

static void tell_delivery(const struct run *run, enum emitted kind, uint64_t sent)
{
    const struct emitter_delivery *delivery = emitter_delivery(run->emitter, kind);

    fprintf(stderr, "delivered to %s: %" PRIu64 ", failed: %" PRIu64 ", not known: %" PRIu64 "\n",
            emitter_topic(run->emitter, kind), delivery->delivered, delivery->failed,
            sent - delivery->delivered - delivery->failed);
}

static void tell_outcome(const struct run *run)
{
    fprintf(stderr, "%" PRIu64 " events of %" PRIu64 " ended jobs; ", run->events,
            simulator_jobs_done(run->simulator));
    tell_delivery(run, EMITTED_EVENTS, run->events);
    if (run->requests) {
        fprintf(stderr, "%" PRIu64 " requests to cancel; ", run->requests);
        tell_delivery(run, EMITTED_REQUESTS, run->requests);
    }
    if (run->obeyed)
        fprintf(stderr, "commands obeyed: %" PRIu64 "\n", run->obeyed);
}

// What became of it all, also after Ctrl-C.
static int conclude(struct run *run, int rc, struct err *err)
{
    struct err flush_err;
    int flushed = emitter_flush(run->emitter, FLUSH_TIMEOUT_MS, &flush_err);

    tell_progress(run);
    progress_end(&run->progress);
    tell_outcome(run);
    if (rc)
        return rc;
    for (unsigned kind = 0; kind < EMITTED_KINDS; kind++) {
        const struct emitter_delivery *delivery =
            emitter_delivery(run->emitter, (enum emitted)kind);

        if (delivery->failed) {
            *err = delivery->first_failure;
            return (int)err->disposition;
        }
    }
    if (flushed)
        *err = flush_err;
    return flushed;
}

// Jobs that nobody can command are still worth having.
static int listen_to_commands(struct run *run, const struct config *config, struct err *err)
{
    const struct command_listener listener = {run, obey};
    int rc = command_feed_open(config, &listener, &run->commands, err);

    if (rc != RETRY || !strcmp(err->reason, "OUT_OF_MEMORY"))
        return rc;
    fprintf(stderr, "the jobs obey no cancel commands: %s\n", err->text);
    return DONE;
}

int emit_simulation(const struct invocation *invocation, struct emitter *emitter, struct err *err)
{
    struct run run = {.emitter = emitter};
    struct simulator_options options;
    int rc = read_flags(invocation->arguments, &options, &run.rate, err);

    if (rc)
        return rc;
    rc = simulator_new(&options, &run.simulator, err);
    if (rc)
        return rc;
    interrupt_watch();
    rc = listen_to_commands(&run, invocation->config, err);
    if (rc)
        goto out;
    fprintf(stderr, "simulating with --seed %" PRId64 "\n", (int64_t)options.seed);
    run.jobs = options.jobs;
    run.began_us = clock_monotonic_us();
    progress_begin(&run.progress, "jobs");
    rc = conclude(&run, emit_all(&run, err), err);
out:
    command_feed_close(run.commands);
    simulator_free(run.simulator);
    return rc;
}
