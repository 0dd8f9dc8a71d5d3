// SPDX-License-Identifier: Apache-2.0
// One pass: horizons, then jobs organisation by organisation, then what of the ledger and of the
// dead letters belongs to no job, then digests of erased members.
#include "base/clock.h"
#include "serve/retention/retention_private.h"

// A horizon moves once an hour at most: whoever is folding then reads its rules again.
#define HORIZON_STEP_US (60 * 60 * US_PER_SECOND)
#define LOOK_EVERY_US   (US_PER_SECOND / 2)
#define TELL_AFTER_US   (60 * US_PER_SECOND)
#define REST_LEAST_US   (20 * 1000)
#define REST_MOST_US    (2 * US_PER_SECOND)
// For each moment of work so many of rest.
enum { REST_SHARE = 3 };

// Between two steps, of which the last began then. Whether to go on.
static bool rest_after(struct retention_part *part, int64_t began_us)
{
    int64_t rest_us = (clock_monotonic_us() - began_us) * REST_SHARE;

    if (rest_us < REST_LEAST_US)
        rest_us = REST_LEAST_US;
    return retention_rest(part, rest_us < REST_MOST_US ? rest_us : REST_MOST_US);
}

static int move_horizons(struct retention_part *part, const struct rules **rules, bool *is_ours,
                         struct err *err)
{
    const struct keepings *keepings = &part->process->config->retention;
    struct horizons next;
    struct arena arena;
    int64_t now_us;
    bool changed;
    int rc = retention_rules(part->store, rules, &now_us, err);

    *is_ours = true;
    if (rc)
        return rc;
    arena_init(&arena);
    rc = horizons_advance(&(*rules)->horizons, keepings, now_us, HORIZON_STEP_US, &arena, &next,
                          &changed, err);
    if (!rc && changed)
        rc = retention_move(part->store, &next, is_ours, err);
    arena_reset(&arena);
    if (!rc && changed)
        rc = retention_rules(part->store, rules, &now_us, err);
    return rc;
}

// Until nothing can be committed any more that was judged by earlier horizons. *go_on: it came so
// far.
static int settle(struct retention_part *part, bool *go_on, struct err *err)
{
    const int64_t began_us = clock_monotonic_us();
    bool told = false;
    int rc = retention_begin(part->store, err);

    *go_on = false;
    while (!rc && !*go_on) {
        rc = retention_is_settled(part->store, go_on, err);
        if (rc || *go_on)
            break;
        if (!told && clock_monotonic_us() - began_us >= TELL_AFTER_US) {
            log_info("retention",
                     "a transaction that writes has been open for a minute: jobs leave "
                     "once it is over");
            told = true;
        }
        if (!retention_rest(part, LOOK_EVERY_US))
            break;
    }
    return rc;
}

static void count_gone(struct retention_part *part, const struct retention_counts *counts)
{
    for (size_t i = 0; i < RETENTION_THINGS; i++) {
        part->gone.of[i] += counts->of[i];
        if (counts->of[i])
            metrics_add(part->process->metrics, METER_RETENTION_REMOVED, i, 0, counts->of[i]);
    }
}

// *held: the lock is ours still.
static int remove_due(struct retention_part *part, const struct horizons *horizons,
                      const struct ended_job *jobs, size_t count, bool *held, struct err *err)
{
    struct ended_job due[RETENTION_STEP];
    struct retention_counts counts = {0};
    size_t due_count = 0;
    int rc = DONE;

    for (size_t i = 0; i < count; i++)
        if (horizon_lets_leave(horizons, &jobs[i].columns))
            due[due_count++] = jobs[i];
    if (due_count)
        rc = retention_remove(part->store, due, due_count, held, &counts, err);
    count_gone(part, &counts);
    return rc;
}

static int walk_organization(struct retention_part *part, const struct horizons *horizons,
                             struct slice organization_id, bool *go_on, struct err *err)
{
    const int64_t before_us = horizon_latest_us(horizons, organization_id);
    struct ended_place place = {0};
    size_t count = RETENTION_STEP;
    int rc = DONE;

    while (!rc && before_us != TIME_NONE && *go_on && count == RETENTION_STEP) {
        const int64_t began_us = clock_monotonic_us();
        const struct ended_job *jobs;

        rc = retention_next(part->store, organization_id, before_us, &place, &jobs, &count, err);
        if (!rc && count) {
            rc = remove_due(part, horizons, jobs, count, go_on, err);
            *go_on = *go_on && rest_after(part, began_us);
        }
    }
    return rc;
}

static int walk_jobs(struct retention_part *part, const struct horizons *horizons, bool *go_on,
                     struct err *err)
{
    char name[ID_MAX_BYTES];
    struct slice organization_id = {name, 0}, found = SLICE_NULL;
    int rc = DONE;

    while (!rc && *go_on) {
        rc = retention_organization(part->store, organization_id, &found, err);
        if (rc || !found.data || found.size > sizeof name)
            break;
        memcpy(name, found.data, found.size);
        organization_id.size = found.size;
        rc = walk_organization(part, horizons, organization_id, go_on, err);
    }
    return rc;
}

static int remove_requests(struct retention_part *part, const int64_t *ids, size_t count,
                           struct err *err)
{
    struct retention_counts counts = {0};
    int rc = count ? retention_remove_requests(part->store, ids, count, &counts, err) : DONE;

    count_gone(part, &counts);
    return rc;
}

// Requests for jobs that never were, or came when their job had left: by when they were recorded.
static int walk_requests(struct retention_part *part, const struct horizons *horizons, bool *go_on,
                         struct err *err)
{
    size_t count = RETENTION_STEP;
    bool is_past = horizons->latest_us == TIME_NONE;
    int64_t behind = 0;
    int rc = DONE;

    while (!rc && *go_on && !is_past && count == RETENTION_STEP) {
        const int64_t began_us = clock_monotonic_us();
        const struct kept_request *requests;
        int64_t ids[RETENTION_STEP];
        size_t due = 0;

        rc = retention_requests(part->store, behind, &requests, &count, err);
        for (size_t i = 0; !rc && i < count; i++) {
            const int64_t before_us =
                horizon_leaving_us(horizons, requests[i].organization_id, SLICE_NULL);

            behind = requests[i].id;
            is_past = is_past || requests[i].recorded_at_us > horizons->latest_us;
            if (requests[i].may_go && before_us != TIME_NONE &&
                requests[i].recorded_at_us <= before_us)
                ids[due++] = requests[i].id;
        }
        if (!rc)
            rc = remove_requests(part, ids, due, err);
        if (!rc && count)
            *go_on = rest_after(part, began_us);
    }
    return rc;
}

// A dead letter is nobody's: it stays for as long as the job that is kept longest.
static int walk_letters(struct retention_part *part, const struct horizons *horizons, bool *go_on,
                        struct err *err)
{
    const int64_t before_us = horizons_earliest_us(horizons);
    bool more = before_us != TIME_NONE;
    int rc = DONE;

    while (!rc && *go_on && more) {
        const int64_t began_us = clock_monotonic_us();
        struct retention_counts counts = {0};

        rc = retention_remove_letters(part->store, before_us, &counts, &more, err);
        count_gone(part, &counts);
        if (!rc && more)
            *go_on = rest_after(part, began_us);
    }
    return rc;
}

int retention_pass(struct retention_part *part, bool *done, struct err *err)
{
    const struct rules *rules;
    bool go_on = false;
    int rc;

    *done = true;
    if (!part->process->config->retention.count)
        return retention_forget_erased(part->store, err);
    *done = false;
    rc = move_horizons(part, &rules, &go_on, err);
    if (!rc && go_on)
        rc = settle(part, &go_on, err);
    if (!rc && go_on)
        rc = walk_jobs(part, &rules->horizons, &go_on, err);
    if (!rc && go_on)
        rc = walk_requests(part, &rules->horizons, &go_on, err);
    if (!rc && go_on)
        rc = walk_letters(part, &rules->horizons, &go_on, err);
    if (!rc && go_on)
        rc = retention_forget_erased(part->store, err);
    *done = !rc && go_on;
    return rc;
}
