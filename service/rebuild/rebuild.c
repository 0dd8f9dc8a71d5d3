// SPDX-License-Identifier: Apache-2.0
#include "rebuild/rebuild.h"

#include <poll.h>

#include "base/clock.h"
#include "store/connection/errors.h"

enum {
    SWAP_ATTEMPTS = 100,
    SWAP_REST_MS = 200,
    SWAP_SILENT_MS = 1000, // so long a partition may give nothing while writers wait
    CLOSE_ROUNDS = 50,
    CLOSE_US = 20 * 1000, // a round this short leaves next to nothing for the swap
};

// All that a run needs.
struct run {
    const struct rebuild_options *options;
    const struct rebuild_report *report;
    struct rebuild_result *result;
    struct projections *projections;
    struct projections_state state;
    struct model_reader *model;
    struct filling filling;
    uint64_t records_before; // of what is told: those read before it began
};

static bool is_stopped(void *self)
{
    const struct run *run = self;

    return run->report->is_stopped(run->report->self);
}

static void progressed(void *self, uint64_t done, uint64_t total, uint64_t records)
{
    const struct run *run = self;
    const uint64_t before = records < run->records_before ? 0 : run->records_before;

    run->report->progressed(run->report->self, done, total, records - before);
}

static void begin_jobs(struct run *run, const char *what)
{
    run->records_before = 0;
    run->report->began(run->report->self, "jobs", what);
}

static void begin_records(struct run *run, const char *what)
{
    run->records_before = run->filling.taker.counts.records;
    run->report->began(run->report->self, "records", what);
}

static struct connection_options connection_of(const struct config *config, bool only_looks)
{
    return (struct connection_options){
        .conninfo = config->postgres_conninfo,
        .application_name = "jobtrail rebuild",
        .owner = "",
        .connect_timeout_ms = config->connect_timeout_ms,
        .statement_timeout_ms = config->statement_timeout_ms,
        .transaction_timeout_ms = config->transaction_timeout_ms,
        .only_looks = only_looks,
    };
}

// --- which projections there are ---

static int refuse(struct err *err, const char *reason, const char *text)
{
    return err_set(err, FATAL, reason, "%s", text);
}

static int begin_filling(struct run *run, struct err *err)
{
    const struct projections_state *state = &run->state;

    if (state->has_filled && state->is_undo)
        return refuse(err, "UNDO_BEGUN",
                      "an undo was begun: go on with jobtrail rebuild --undo, or give it up with "
                      "jobtrail rebuild --abandon");
    if (state->has_filled)
        return DONE;
    if (state->has_old)
        return refuse(err, "OLD_KEPT",
                      "the projection that was live before the last rebuild is still kept: remove "
                      "it with jobtrail rebuild --drop, or go back to it with --undo");
    return projections_begin(run->projections, err);
}

static int begin_undo(struct run *run, struct err *err)
{
    const struct projections_state *state = &run->state;

    if (state->has_filled && !state->is_undo)
        return refuse(err, "REBUILD_BEGUN",
                      "a rebuild was begun: go on with jobtrail rebuild, or give it up with "
                      "jobtrail rebuild --abandon");
    if (state->has_filled)
        return DONE;
    if (!state->has_old)
        return refuse(err, "NO_OLD", "no projection is kept to which one could go back");
    return projections_take_back(run->projections, err);
}

static int abandon(struct run *run, struct err *err)
{
    if (!run->state.has_filled)
        return refuse(err, "NO_FILLED", "no rebuild was begun");
    return projections_abandon(run->projections, err);
}

static int drop(struct run *run, struct err *err)
{
    if (!run->state.has_old)
        return refuse(err, "NO_OLD", "no projection of before is kept");
    return projections_drop(run->projections, err);
}

// --- filling ---

static int open_filling(struct run *run, struct err *err)
{
    run->filling = (struct filling){
        .projections = run->projections,
        .model = run->model,
        .rate = run->options->rate,
        .timeout_ms = run->options->timeout_ms,
        .progressed = progressed,
        .is_stopped = is_stopped,
        .self = run,
    };
    return filling_open(&run->filling, run->options->config, err);
}

static void close_filling(struct run *run)
{
    run->result->records += run->filling.taker.counts.records;
    filling_close(&run->filling);
    run->filling = (struct filling){0};
}

static int open_filling_anew(struct run *run, struct err *err)
{
    close_filling(run);
    return open_filling(run, err);
}

// Until there is no partition that was not there when it was opened.
static int catch_up(struct run *run, struct err *err)
{
    bool is_new = false;
    int rc = filling_catch_up(&run->filling, &is_new, err);

    while (!rc && is_new) {
        is_new = false;
        rc = open_filling_anew(run, err);
        if (!rc)
            rc = filling_catch_up(&run->filling, &is_new, err);
    }
    return rc;
}

// What comes while one round is read is left for the next, and at last for the swap, whom writers
// wait for: so round by round, as long as they get shorter.
static int come_close(struct run *run, struct err *err)
{
    int64_t took_us = INT64_MAX, before_us;
    int rc = DONE;

    for (int n = 0; !rc && n < CLOSE_ROUNDS && took_us > CLOSE_US; n++) {
        const int64_t began_us = clock_monotonic_us();

        before_us = took_us;
        rc = catch_up(run, err);
        took_us = clock_monotonic_us() - began_us;
        if (took_us >= before_us)
            break;
    }
    return rc;
}

static int carry_over(struct run *run, struct err *err)
{
    const enum carry_over wish = run->options->carry_over;
    int64_t about = 0;
    int rc = projections_state(run->projections, &run->state, err);

    run->result->is_whole = run->state.is_whole;
    run->result->is_carried_over =
        wish == CARRY_ALWAYS || (wish == CARRY_NEEDED && !run->state.is_undo &&
                                 (!run->state.is_whole || filling_has_horizons(&run->filling)));
    if (!rc && run->state.is_undo && !run->state.is_whole && wish != CARRY_ALWAYS)
        return refuse(err, "UNDO_LACKS",
                      "the log no longer has all that came since the projection was live, or a "
                      "topic has no position: going back would lose it. --carry-over always joins "
                      "what the live rows say");
    if (rc || !run->result->is_carried_over)
        return rc;
    rc = model_jobs_about(run->model, &about, err);
    begin_jobs(run, "the live rows are joined");
    return rc ? rc : filling_join_live(&run->filling, about > 0 ? (uint64_t)about : 0, err);
}

static int compare(struct run *run, struct err *err)
{
    struct own_key end = {0};
    uint64_t done = 0, jobs = 0;
    int64_t about = 0;
    int rc = model_jobs_about(run->model, &about, err);

    begin_jobs(run, "both projections are compared");
    do {
        if (!rc && is_stopped(run))
            rc = err_set(err, RETRY, "INTERRUPTED", "interrupted");
        if (!rc)
            rc = projections_compare(run->projections, &end, &jobs, err);
        done += jobs;
        progressed(run, done, about > (int64_t)done ? (uint64_t)about : done, done);
    } while (!rc && own_key_is_set(&end));
    return rc;
}

// What has left the live projection is not brought back. The filling may remember those jobs.
static int let_leave(struct run *run, struct err *err)
{
    const uint64_t before = run->result->left;
    int rc = projections_let_leave(run->projections, &run->result->left, err);

    return rc || run->result->left == before ? rc : open_filling_anew(run, err);
}

static int compare_and_let_leave(struct run *run, struct err *err)
{
    int rc = projections_hold_retention(run->projections, err);

    if (!rc)
        rc = projections_analyze(run->projections, err);
    if (!rc)
        rc = compare(run, err);
    return rc ? rc : let_leave(run, err);
}

static int fill(struct run *run, struct err *err)
{
    int rc = open_filling(run, err);

    begin_records(run, "the logs are read");
    if (!rc)
        rc = catch_up(run, err);
    if (!rc)
        rc = carry_over(run, err);
    if (!rc && run->result->is_carried_over)
        begin_records(run, "what came since is read");
    if (!rc)
        rc = come_close(run, err);
    if (!rc)
        rc = compare_and_let_leave(run, err);
    if (rc)
        return rc;
    begin_records(run, "what came since is read");
    rc = come_close(run, err);
    return rc ? rc : projections_refine(run->projections, err);
}

// --- the swap ---

static int pass_over(void *self, const struct loss *loss, struct err *err)
{
    (void)self, (void)loss, (void)err;
    return DONE;
}

static bool is_refused(const struct run *run)
{
    const struct losses *losses = &run->result->losses;

    for (int kind = 0; kind < LOSS_KINDS; kind++)
        if (losses->count[kind] && !run->options->accepts[kind])
            return true;
    return false;
}

// While nothing is written to the live projection, the filled one can be as far as it. A partition
// that gives nothing for a while is waited for without the lock.
static int catch_up_locked(struct run *run, struct err *err)
{
    bool is_new = false;
    int rc;

    filling_set_timeout(&run->filling, SWAP_SILENT_MS);
    rc = filling_catch_up(&run->filling, &is_new, err);
    filling_set_timeout(&run->filling, run->options->timeout_ms);
    if (!rc && is_new)
        return err_set(err, RETRY, "PROJECTION_BEHIND", "there is a new partition");
    if (rc && !strcmp(err->reason, "UNREADABLE"))
        return err_set(err, RETRY, "PROJECTION_BEHIND", "a partition gives nothing at the moment");
    return rc;
}

static int swap_locked(struct run *run, struct err *err)
{
    const struct losses_visitor nobody = {run, pass_over};
    int rc = catch_up_locked(run, err);

    if (!rc)
        rc = projections_losses(run->projections, &run->result->losses, &nobody, err);
    if (!rc && is_refused(run))
        return err_set(err, FATAL, "WOULD_LOSE", "jobs would be lost");
    return rc ? rc : projections_swap(run->projections, err);
}

static int try_swap(struct run *run, struct err *err)
{
    int64_t began_us;
    int rc = come_close(run, err);

    if (!rc)
        rc = projections_lock(run->projections, err);
    if (rc)
        return rc;
    began_us = clock_monotonic_us();
    rc = swap_locked(run, err);
    run->result->swap_us = clock_monotonic_us() - began_us;
    if (rc)
        projections_unlock(run->projections);
    return rc;
}

static bool is_in_the_way(const struct err *err)
{
    static const char *const reasons[] = {ERROR_LOCK_TIMEOUT, ERROR_DEADLOCK, "PROJECTION_BEHIND"};

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (!strcmp(err->reason, reasons[i]))
            return true;
    return false;
}

// After a rest, so that whoever was in the way gets on; what could not be read is asked for anew.
static int try_swap_again(struct run *run, struct err *err)
{
    const bool is_behind = !strcmp(err->reason, "PROJECTION_BEHIND");
    int rc = DONE;

    poll(NULL, 0, SWAP_REST_MS);
    if (is_behind)
        rc = open_filling_anew(run, err);
    return rc ? rc : try_swap(run, err);
}

static int swap(struct run *run, struct err *err)
{
    int rc;

    begin_records(run, "the swap is tried");
    rc = try_swap(run, err);
    for (int n = 1; rc && is_in_the_way(err) && n < SWAP_ATTEMPTS; n++) {
        if (is_stopped(run))
            return err_set(err, RETRY, "INTERRUPTED", "interrupted");
        rc = try_swap_again(run, err);
    }
    run->result->is_swapped = !rc;
    return rc;
}

// What would be lost is named to whoever decides on it.
static int tell_losses(struct run *run, struct err *err)
{
    const struct losses_visitor visitor = {run->report->self, run->report->lost};

    return projections_losses(run->projections, &run->result->losses, &visitor, err);
}

static int fill_and_swap(struct run *run, struct err *err)
{
    struct err why;
    int rc = fill(run, err);

    if (!rc && run->options->only_fills)
        return tell_losses(run, err);
    if (!rc)
        rc = swap(run, err);
    if (rc && !strcmp(err->reason, "WOULD_LOSE")) {
        why = *err;
        rc = tell_losses(run, err);
        if (!rc) {
            *err = why;
            rc = FATAL;
        }
    }
    return rc;
}

static int act(struct run *run, struct err *err)
{
    const struct connection_options reading = connection_of(run->options->config, true);
    const bool is_undo = run->options->action == REBUILD_UNDO;
    int rc;

    if (run->options->action == REBUILD_ABANDON)
        return abandon(run, err);
    if (run->options->action == REBUILD_DROP)
        return drop(run, err);
    rc = config_require_kafka(run->options->config, err);
    if (!rc)
        rc = model_reader_open(&reading, &run->model, err);
    if (!rc)
        rc = is_undo ? begin_undo(run, err) : begin_filling(run, err);
    if (!rc) {
        rc = fill_and_swap(run, err);
        close_filling(run);
    }
    model_reader_close(run->model);
    return rc;
}

int rebuild_run(const struct rebuild_options *options, const struct rebuild_report *report,
                struct rebuild_result *result, struct err *err)
{
    const struct connection_options writing = connection_of(options->config, false);
    struct run run = {.options = options, .report = report, .result = result};
    int rc;

    *result = (struct rebuild_result){0};
    rc = projections_open(&writing, &run.projections, err);
    if (!rc)
        rc = projections_state(run.projections, &run.state, err);
    if (!rc)
        rc = act(&run, err);
    projections_close(run.projections);
    return rc;
}
