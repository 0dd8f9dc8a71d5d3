// SPDX-License-Identifier: Apache-2.0
#include "verify/comparing.h"

#include <stdlib.h>

#include "verify/judge.h"
#include "verify/row_parts.h"

enum { HANDFUL = 500 }; // rows of one snapshot: a row has 200 kB at most

// What was read in one snapshot.
struct handful {
    const struct model_position *positions;
    size_t position_count;
    const struct job_key *keys; // asked for, in order
    size_t key_count;
    const struct stored_row *rows;
    size_t row_count;
};

static bool has_all(const struct comparing *comparing)
{
    return log_walk_has_all(comparing->walk) && !comparing->is_incomplete &&
           !comparing->walk->taker->counts.undecodable;
}

static void name_events(const struct comparing *comparing, const struct deciding *deciding,
                        struct difference *out)
{
    for (size_t i = 0; i < deciding->count && i < DIFFERENCE_EVENTS_MAX; i++) {
        const struct event_ref *ref = deciding->refs[i];

        out->events[out->event_count++] = (struct deciding_event){
            comparing->walk->logs[ref->source].source, ref->offset, ref->id};
    }
}

static int tell(struct comparing *comparing, const struct difference *difference, struct err *err)
{
    comparing->result->differences++;
    return comparing->report->differs(comparing->report->self, difference, err);
}

// One part of a row.
struct told_row {
    struct comparing *comparing;
    struct job_key key;
};

static int tell_part(void *self, const struct part_difference *part, struct err *err)
{
    struct told_row *told = self;
    struct difference difference = {.kind = DIFFERENCE_VALUE,
                                    .key = told->key,
                                    .part = part->part,
                                    .stored = part->stored,
                                    .expected = part->expected};

    name_events(told->comparing, part->deciding, &difference);
    return tell(told->comparing, &difference, err);
}

// Of a log that lacks events all that can be said is that it cannot be read.
static int tell_extra(struct comparing *comparing, const struct job_columns *stored,
                      struct err *err)
{
    struct difference difference = {.kind = DIFFERENCE_EXTRA,
                                    .key = stored->key,
                                    .stored = slice_of(job_status_name(stored->status))};

    if (!has_all(comparing)) {
        difference.kind = DIFFERENCE_VALUE;
        difference.part = "state";
        difference.stored = SLICE_LITERAL("damaged");
    }
    return tell(comparing, &difference, err);
}

static int tell_row(struct comparing *comparing, const struct job_columns *stored,
                    const struct folded_job *job, const struct judgement *judgement,
                    struct err *err)
{
    struct told_row told = {comparing, stored->key};
    const struct parts_visitor visitor = {&told, tell_part};
    const struct row_pair pair = {stored, &judgement->columns, judgement->stored,
                                  judgement->expected};

    comparing->result->differing++;
    if (!judgement->expected)
        return tell_extra(comparing, stored, err);
    return row_parts_compare(&pair, job, &visitor, err);
}

// The job is compared, whatever came of it.
static int conclude(struct comparing *comparing, const struct job_columns *stored,
                    struct folded_job *job, const struct judgement *judgement, struct err *err)
{
    struct verify_result *result = comparing->result;

    if (job)
        job->is_seen = true;
    result->jobs++;
    switch (judgement->verdict) {
    case ROW_SAME:
        result->same++;
        return DONE;
    case ROW_HOLDS_MORE:
        result->in_part += job != NULL;
        result->unjudged += job == NULL;
        return DONE;
    default:
        return tell_row(comparing, stored, job, judgement, err);
    }
}

// Why a row may differ without being wrong: something of the job is older than the horizon and may
// have left, or its creator was erased and is known no more.
static int excuse(struct comparing *comparing, const struct job_columns *stored,
                  struct folded_job *job, bool *is_excused, struct err *err)
{
    const int64_t before_us =
        horizon_ignoring_us(&comparing->rules.horizons, stored->key.organization_id, stored->type);
    bool is_less = false, is_erased = false;
    int rc = DONE;

    if (before_us != TIME_NONE && job->first_at_us <= before_us)
        rc = judge_is_less(stored, job->row, &comparing->arena, &is_less, err);
    if (!rc && !is_less)
        rc = judge_is_erased(stored, job->row, &comparing->arena, &is_erased, err);
    *is_excused = is_less || is_erased;
    if (rc || !*is_excused)
        return rc;
    job->is_seen = true;
    comparing->result->jobs++;
    comparing->result->left += is_less;
    comparing->result->erased += is_erased;
    return DONE;
}

// is_final: the logs were walked to where the row was read. Otherwise *differs is set where that
// must be done first.
static int compare_row(struct comparing *comparing, const struct job_columns *stored, bool is_final,
                       bool *differs, struct err *err)
{
    struct folded_job *job = folded_jobs_find(comparing->jobs, &stored->key);
    struct judgement judgement;
    bool is_excused = false;
    int rc;

    if (job && job->is_seen)
        return DONE;
    rc = judge_row(stored, job ? job->row : NULL, has_all(comparing), &comparing->arena, &judgement,
                   err);
    if (!rc && is_final && job && judgement.verdict == ROW_DIFFERS)
        rc = excuse(comparing, stored, job, &is_excused, err);
    if (!rc && !is_final && judgement.verdict != ROW_SAME)
        *differs = true;
    else if (!rc && !is_excused)
        rc = conclude(comparing, stored, job, &judgement, err);
    judgement_close(&judgement);
    if (comparing->arena.used_bytes)
        arena_reset(&comparing->arena);
    return rc;
}

// Those of the jobs behind one that concern us. last is set to the last that was read, or to none
// where there are no more.
static int read_keys(struct comparing *comparing, const struct own_key *behind,
                     struct own_key *last, struct job_key *keys, size_t *count, struct err *err)
{
    const struct scope *scope = comparing->jobs->scope;
    const struct job_key *found;
    size_t found_count = 0;
    int rc = model_keys(comparing->model, own_key_is_set(behind) ? &behind->key : NULL,
                        scope->organization, HANDFUL, &found, &found_count, err);

    own_key_clear(last);
    for (size_t i = 0; !rc && i < found_count; i++) {
        if (job_key_size(&found[i]) > JOB_KEY_MAX_BYTES)
            return err_set(err, FATAL, "ROW_UNREADABLE",
                           "there is a row whose ids are longer than "
                           "ids may be; nobody but a person wrote it");
        if (scope_has(scope, &found[i]))
            keys[(*count)++] = found[i];
    }
    if (!rc && found_count == HANDFUL)
        own_key_set(last, &found[found_count - 1]);
    return rc;
}

// Those of the same snapshot: what left before it is told by its horizons.
static int read_rules(struct comparing *comparing, struct err *err)
{
    int rc = model_rules(comparing->model, &comparing->rules, err);

    if (rc || comparing->rules.erasures.count <= comparing->erasures->count)
        return rc;
    return err_set(err, RETRY, "RULES_CHANGED",
                   "a member was erased meanwhile: run it again when that is done");
}

// Positions and rows of one snapshot: of these keys, or, where last is given, of the jobs behind
// one (room for the keys is the caller's).
static int read_handful(struct comparing *comparing, const struct own_key *behind,
                        struct own_key *last, struct job_key *keys, size_t key_count,
                        struct handful *out, struct err *err)
{
    int rc = model_snapshot_begin(comparing->model, err);

    *out = (struct handful){.keys = keys, .key_count = key_count};
    if (!rc)
        rc = model_positions(comparing->model, &out->positions, &out->position_count, err);
    if (!rc && last)
        rc = read_keys(comparing, behind, last, keys, &out->key_count, err);
    if (!rc)
        rc = read_rules(comparing, err);
    if (!rc)
        rc = model_rows(comparing->model, keys, out->key_count, &out->rows, &out->row_count, err);
    return rc ? rc : model_snapshot_end(comparing->model, err);
}

static int walk_to_handful(struct comparing *comparing, const struct handful *handful,
                           struct err *err)
{
    bool is_new = false;
    int rc =
        log_walk_to(comparing->walk, handful->positions, handful->position_count, &is_new, err);

    comparing->is_incomplete = comparing->is_incomplete || is_new;
    return rc;
}

static int compare_rows(struct comparing *comparing, const struct handful *handful, bool is_final,
                        bool *differs, bool differing[HANDFUL], struct err *err)
{
    int rc = DONE;

    for (size_t i = 0; !rc && i < handful->row_count; i++) {
        const struct job_columns *columns = &handful->rows[i].columns;
        bool row_differs = false;

        if (is_final && !differing[i])
            continue;
        // The range may have become smaller on the way.
        if (!scope_has(comparing->jobs->scope, &columns->key))
            continue;
        rc = compare_row(comparing, columns, is_final, &row_differs, err);
        differing[i] = row_differs;
        *differs = *differs || row_differs;
    }
    return rc;
}

static int compare_handful(struct comparing *comparing, const struct handful *handful,
                           struct err *err)
{
    bool differing[HANDFUL] = {false}, differs = false;
    int rc = compare_rows(comparing, handful, false, &differs, differing, err);

    if (rc || !differs)
        return rc;
    rc = walk_to_handful(comparing, handful, err);
    return rc ? rc : compare_rows(comparing, handful, true, &differs, differing, err);
}

static bool is_stopped(struct comparing *comparing, struct err *err)
{
    comparing->walk->progressed(comparing->walk->self);
    if (!comparing->report->is_stopped(comparing->report->self))
        return false;
    err_set(err, RETRY, "INTERRUPTED", "interrupted");
    return true;
}

// What is stored, in the order of its keys, to the end of the range.
static int compare_stored(struct comparing *comparing, struct err *err)
{
    const struct scope *scope = comparing->jobs->scope;
    struct own_key behind = {0}, last = {0};
    struct job_key keys[HANDFUL];
    struct handful handful;
    int rc = DONE;

    if (own_key_is_set(&scope->behind))
        own_key_set(&behind, &scope->behind.key);
    do {
        if (is_stopped(comparing, err))
            return RETRY;
        rc = read_handful(comparing, &behind, &last, keys, 0, &handful, err);
        if (!rc)
            rc = compare_handful(comparing, &handful, err);
        if (!rc && own_key_is_set(&last))
            own_key_set(&behind, &last.key);
    } while (!rc && own_key_is_set(&last) && scope_is_in_range(scope, &last.key));
    return rc;
}

static int tell_missing(struct comparing *comparing, struct folded_job *job, struct err *err)
{
    struct difference difference = {.kind = DIFFERENCE_MISSING,
                                    .key = job->row->key,
                                    .expected = slice_of(job_status_name(row_status(job->row)))};
    struct deciding deciding;

    job->is_seen = true;
    comparing->result->jobs++;
    if (horizon_ignores(&comparing->rules.horizons, job->row)) {
        comparing->result->left++;
        return DONE;
    }
    comparing->result->differing++;
    deciding_of(BY_CREATION, job->row, job, &deciding);
    if (!deciding.count)
        deciding_of(BY_ATTEMPT, job->row, job, &deciding);
    name_events(comparing, &deciding, &difference);
    return tell(comparing, &difference, err);
}

// Jobs that were folded and not seen: they came to be meanwhile, or are missing.
static int compare_unseen(struct comparing *comparing, struct own_key *unseen, size_t count,
                          struct err *err)
{
    struct job_key keys[HANDFUL];
    struct handful handful;
    int rc;

    for (size_t i = 0; i < count; i++)
        keys[i] = unseen[i].key;
    rc = read_handful(comparing, NULL, NULL, keys, count, &handful, err);
    if (!rc)
        rc = compare_handful(comparing, &handful, err);
    if (!rc) // that positions only went on is what tells that a row is missing
        rc = walk_to_handful(comparing, &handful, err);
    for (size_t i = 0; !rc && i < count; i++) {
        struct folded_job *job = folded_jobs_find(comparing->jobs, &unseen[i].key);

        if (job && !job->is_seen)
            rc = tell_missing(comparing, job, err);
    }
    return rc;
}

static size_t gather_unseen(const struct folded_jobs *jobs, struct own_key *unseen)
{
    struct folded_job *job, *next;
    size_t count = 0;

    HASH_ITER (hh, jobs->table, job, next) {
        if (!job->is_seen)
            own_key_set(&unseen[count++], &job->row->key);
        if (count == HANDFUL)
            break;
    }
    return count;
}

static int compare_folded(struct comparing *comparing, struct err *err)
{
    struct own_key *unseen = calloc(HANDFUL, sizeof *unseen);
    size_t count;
    int rc = unseen ? DONE : err_no_memory(err);

    while (!rc && (count = gather_unseen(comparing->jobs, unseen)) > 0)
        rc = is_stopped(comparing, err) ? RETRY : compare_unseen(comparing, unseen, count, err);
    free(unseen);
    return rc;
}

int comparing_run(struct comparing *comparing, struct err *err)
{
    int rc = comparing->only_folded ? DONE : compare_stored(comparing, err);

    return rc ? rc : compare_folded(comparing, err);
}
