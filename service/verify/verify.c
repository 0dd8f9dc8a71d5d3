// SPDX-License-Identifier: Apache-2.0
#include "verify/verify.h"

#include <inttypes.h>
#include <stdio.h>

#include "verify/comparing.h"

// All that a run needs.
struct run {
    const struct verify_options *options;
    const struct verify_report *report;
    struct verify_result *result;
    struct model_reader *model;
    struct scope scope;
    struct folded_jobs jobs;
    struct event_taker taker;
    struct log_walk walk;
    struct comparing comparing;
    struct rules rules; // as of the beginning
    int64_t jobs_about; // -1: not known
};

const char *difference_kind_name(enum difference_kind kind)
{
    static const char *const names[DIFFERENCE_KINDS] = {
        [DIFFERENCE_VALUE] = "value",
        [DIFFERENCE_MISSING] = "missing",
        [DIFFERENCE_EXTRA] = "extra",
        [DIFFERENCE_TOTAL] = "total",
    };

    return names[kind];
}

static bool is_stopped(void *self)
{
    const struct run *run = self;

    return run->report->is_stopped(run->report->self);
}

static int is_put_aside(void *self, size_t source, const struct put_aside *record, bool *is,
                        struct err *err)
{
    struct run *run = self;

    return log_walk_is_put_aside(&run->walk, source, record, is, err);
}

static bool is_wanted(void *self, const struct job_key *key)
{
    const struct run *run = self;

    return scope_has(&run->scope, key);
}

static int fold(void *self, const struct event *event, const struct event_ref *where,
                struct err *err)
{
    struct run *run = self;
    struct event known = *event;
    int rc = erasures_apply(&run->rules.erasures, &known, err);

    return rc ? rc : folded_jobs_take(&run->jobs, &known, *where, err);
}

// How many passes more are needed, as far as that can be told: those are about as large as this.
static uint64_t passes_left(const struct run *run)
{
    const uint64_t count = folded_jobs_count(&run->jobs);
    const int64_t left = run->jobs_about - (int64_t)run->result->jobs - (int64_t)count;

    if (!own_key_is_set(&run->scope.upto) || !count)
        return 0;
    return left > 0 ? ((uint64_t)left + count - 1) / count : 1;
}

static void progressed(void *self)
{
    const struct run *run = self;
    const uint64_t length = log_walk_length(&run->walk);

    run->report->progressed(run->report->self, log_walk_done(&run->walk),
                            run->walk.before_pass + length * (1 + passes_left(run)),
                            run->taker.counts.records);
}

static struct connection_options connection_of(const struct config *config)
{
    return (struct connection_options){
        .conninfo = config->postgres_conninfo,
        .application_name = "jobtrail verify",
        .owner = "",
        .connect_timeout_ms = config->connect_timeout_ms,
        .statement_timeout_ms = config->statement_timeout_ms,
        .transaction_timeout_ms = config->transaction_timeout_ms,
        .only_looks = true,
    };
}

static int tell_unjudged(const struct run *run, const char *reason, const struct source *source,
                         const char *text, struct err *err)
{
    return run->report->unjudged(run->report->self, reason, source ? source->topic : SLICE_NULL,
                                 source ? source->partition : -1, text, err);
}

// A topic that is configured and of which no position is kept: it was never read, or is forgotten,
// while rows may know of it.
static int check_topics(struct run *run, const struct model_position *positions, size_t count,
                        struct err *err)
{
    const char *const *topics = run->options->config->event_topics;
    int rc = DONE;

    for (; !rc && *topics; topics++) {
        const struct source source = {slice_of(*topics), -1};
        size_t place = 0;

        while (place < count && !slice_equal(positions[place].source.topic, source.topic))
            place++;
        if (place < count)
            continue;
        run->comparing.is_incomplete = true;
        rc = tell_unjudged(run, "NOT_READ", &source,
                           "the service has not begun to read it, or its positions were forgotten",
                           err);
    }
    return rc;
}

static int open_walk(struct run *run, struct err *err)
{
    const struct model_position *positions;
    size_t count = 0;
    int rc = model_positions(run->model, &positions, &count, err);

    run->walk = (struct log_walk){
        .model = run->model,
        .taker = &run->taker,
        .since_us = run->options->since_us,
        .rate = run->options->rate,
        .timeout_ms = run->options->timeout_ms,
        .progressed = progressed,
        .is_stopped = is_stopped,
        .self = run,
    };
    run->comparing = (struct comparing){
        .report = run->report,
        .result = run->result,
        .model = run->model,
        .walk = &run->walk,
        .jobs = &run->jobs,
        .erasures = &run->rules.erasures,
        .only_folded = run->options->since_us != TIME_NONE,
    };
    arena_init(&run->comparing.arena);
    if (!rc)
        rc = check_topics(run, positions, count, err);
    return rc ? rc : log_walk_open(&run->walk, run->options->config, positions, count, err);
}

static int open_all(struct run *run, struct err *err)
{
    const struct connection_options connection = connection_of(run->options->config);
    int rc = config_require_kafka(run->options->config, err);

    folded_jobs_init(&run->jobs, &run->scope, run->options->memory_bytes);
    run->taker = (struct event_taker){.is_wanted = is_wanted,
                                      .fold = fold,
                                      .is_put_aside = is_put_aside,
                                      .is_stopped = is_stopped,
                                      .self = run};
    if (!rc)
        rc = event_taker_open(&run->taker, run->options->config, err);
    if (!rc)
        rc = model_reader_open(&connection, &run->model, err);
    if (!rc)
        rc = model_rules(run->model, &run->rules, err);
    if (!rc)
        rc = model_jobs_about(run->model, &run->jobs_about, err);
    return rc ? rc : open_walk(run, err);
}

static void close_all(struct run *run)
{
    run->result->counts = run->taker.counts;
    log_walk_close(&run->walk);
    arena_reset(&run->comparing.arena);
    rules_close(&run->comparing.rules);
    rules_close(&run->rules);
    model_reader_close(run->model);
    event_taker_close(&run->taker);
    folded_jobs_clear(&run->jobs);
}

// From the beginning of the logs to where the read model has read them now.
static int fold_pass(struct run *run, struct err *err)
{
    const struct model_position *positions;
    bool is_new = false;
    size_t count;
    int rc = log_walk_rewind(&run->walk, err);

    // Each pass meets all of these again.
    run->taker.counts.dead_letters = run->taker.counts.ignored = run->taker.counts.undecodable = 0;
    if (!rc)
        rc = model_positions(run->model, &positions, &count, err);
    if (!rc)
        rc = log_walk_to(&run->walk, positions, count, &is_new, err);
    run->comparing.is_incomplete = run->comparing.is_incomplete || is_new;
    return rc;
}

static int run_passes(struct run *run, struct err *err)
{
    struct scope *scope = &run->scope;
    bool is_last = false;
    int rc = DONE;

    while (!rc && !is_last) {
        rc = fold_pass(run, err);
        if (!rc)
            rc = comparing_run(&run->comparing, err);
        run->result->passes += !rc;
        is_last = !own_key_is_set(&scope->upto);
        if (!rc && !is_last) {
            own_key_set(&scope->behind, &scope->upto.key);
            own_key_clear(&scope->upto);
            folded_jobs_clear(&run->jobs);
        }
    }
    return rc;
}

static int tell_total(void *self, const struct model_total *total, struct err *err)
{
    struct run *run = self;
    char kept[24], counted[24];
    const struct difference difference = {
        .kind = DIFFERENCE_TOTAL,
        .key.organization_id = total->organization_id,
        .type = total->type,
        .status =
            (unsigned)total->status < JOB_STATUSES ? job_status_name(total->status) : "unknown",
        .stored = {kept, (size_t)snprintf(kept, sizeof kept, "%" PRId64, total->kept)},
        .expected = {counted,
                     (size_t)snprintf(counted, sizeof counted, "%" PRId64, total->counted)},
    };

    run->result->totals++;
    run->result->differences++;
    return run->report->differs(run->report->self, &difference, err);
}

static int compare_totals(struct run *run, struct err *err)
{
    const struct model_totals_visitor visitor = {run, tell_total};
    int rc;

    if (is_stopped(run))
        return err_set(err, RETRY, "INTERRUPTED", "interrupted");
    rc = model_totals(run->model, run->options->organization, &visitor, err);
    run->result->totals_compared = !rc;
    return rc;
}

static int tell_log(struct run *run, const struct walked_log *log, struct err *err)
{
    char text[600];
    int rc = DONE;

    if (log->range.high > log->target)
        run->result->unread += log->range.high - log->target;
    if (log->was_truncated) {
        snprintf(text, sizeof text,
                 "its log begins at offset %" PRId64 ": what was before is gone, and what rows "
                 "have of it could not be judged",
                 log->range.low);
        rc = tell_unjudged(run, "TRUNCATED", &log->source, text, err);
    }
    if (!rc && log->was_lost) {
        snprintf(text, sizeof text, "it could not be read: %s", log->why.text);
        rc = tell_unjudged(run, "UNREADABLE", &log->source, text, err);
    }
    return rc;
}

static int tell_limits(struct run *run, struct err *err)
{
    const uint64_t undecodable = run->taker.counts.undecodable;
    char text[200];
    int rc = DONE;

    for (size_t i = 0; !rc && i < run->walk.count; i++)
        rc = tell_log(run, &run->walk.logs[i], err);
    if (!rc && undecodable) {
        snprintf(text, sizeof text,
                 "%" PRIu64
                 " records name a schema that cannot be had now, and are no dead letters",
                 undecodable);
        rc = tell_unjudged(run, "UNDECODABLE", NULL, text, err);
    }
    if (!rc && run->result->unread) {
        snprintf(text, sizeof text,
                 "up to %" PRId64 " records stand in the logs that the service had not read yet",
                 run->result->unread);
        rc = tell_unjudged(run, "NEWER", NULL, text, err);
    }
    return rc;
}

int verify_run(const struct verify_options *options, const struct verify_report *report,
               struct verify_result *result, struct err *err)
{
    struct run run = {.options = options, .report = report, .result = result};
    int rc;

    *result = (struct verify_result){0};
    run.scope.organization = options->organization;
    run.scope.sample = options->sample;
    rc = open_all(&run, err);
    if (!rc)
        rc = run_passes(&run, err);
    if (!rc)
        rc = compare_totals(&run, err);
    if (!rc)
        rc = tell_limits(&run, err);
    close_all(&run);
    return rc;
}
