// SPDX-License-Identifier: Apache-2.0
#include "core/horizon.h"

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void horizons_settle(struct horizons *horizons)
{
    horizons->latest_us = TIME_NONE;
    for (size_t i = 0; i < horizons->count; i++)
        horizons->latest_us = later(horizons->latest_us, horizons->items[i].before_us);
}

// How particular a line is for such a job; -1: it is about others.
static int rank(const struct horizon_of *line, struct slice organization_id, struct slice type)
{
    const bool is_organization = slice_equal(line->organization_id, organization_id);
    const bool is_type = slice_equal(line->type, type);

    if ((!is_organization && line->organization_id.size) || (!is_type && line->type.size))
        return -1;
    return (line->organization_id.size ? 2 : 0) + (line->type.size ? 1 : 0);
}

static const struct horizon *find(const struct horizons *horizons, struct slice organization_id,
                                  struct slice type)
{
    const struct horizon *best = NULL;
    int best_rank = -1;

    for (size_t i = 0; i < horizons->count; i++) {
        int found = rank(&horizons->items[i].of, organization_id, type);

        if (found > best_rank) {
            best = &horizons->items[i];
            best_rank = found;
        }
    }
    return best;
}

// Whether the line holds for some type of the organisation, or for all that have no line.
static bool is_in_force(const struct horizons *horizons, const struct horizon *line,
                        struct slice organization_id)
{
    return find(horizons, organization_id, line->of.type) == line;
}

static int64_t of_unknown_type(const struct horizons *horizons, struct slice organization_id,
                               bool earliest)
{
    const struct horizon *others = find(horizons, organization_id, SLICE_LITERAL(""));
    int64_t found_us = others ? others->before_us : TIME_NONE;

    for (size_t i = 0; i < horizons->count; i++) {
        const struct horizon *line = &horizons->items[i];
        const bool is_better = earliest ? line->before_us < found_us : line->before_us > found_us;

        if (is_better && is_in_force(horizons, line, organization_id))
            found_us = line->before_us;
    }
    return found_us;
}

static int64_t of_known_type(const struct horizons *horizons, struct slice organization_id,
                             struct slice type)
{
    const struct horizon *line = find(horizons, organization_id, type);

    return line ? line->before_us : TIME_NONE;
}

int64_t horizon_ignoring_us(const struct horizons *horizons, struct slice organization_id,
                            struct slice type)
{
    return type.size ? of_known_type(horizons, organization_id, type)
                     : of_unknown_type(horizons, organization_id, false);
}

int64_t horizon_leaving_us(const struct horizons *horizons, struct slice organization_id,
                           struct slice type)
{
    return type.size ? of_known_type(horizons, organization_id, type)
                     : of_unknown_type(horizons, organization_id, true);
}

int64_t horizon_latest_us(const struct horizons *horizons, struct slice organization_id)
{
    return of_unknown_type(horizons, organization_id, false);
}

int64_t horizons_earliest_us(const struct horizons *horizons)
{
    const struct horizon *others = find(horizons, SLICE_LITERAL(""), SLICE_LITERAL(""));
    int64_t earliest_us = others ? others->before_us : TIME_NONE;

    for (size_t i = 0; i < horizons->count; i++)
        if (horizons->items[i].before_us < earliest_us)
            earliest_us = horizons->items[i].before_us;
    return earliest_us;
}

bool horizon_ignores(const struct horizons *horizons, const struct row *row)
{
    int64_t before_us;

    if (horizons->latest_us == TIME_NONE || row->updated_at_us > horizons->latest_us)
        return false;
    before_us =
        horizon_ignoring_us(horizons, row->key.organization_id, text_slice(&row->creation.type));
    return before_us != TIME_NONE && row->updated_at_us <= before_us;
}

bool horizon_lets_leave(const struct horizons *horizons, const struct job_columns *columns)
{
    const bool has_ended = columns->status != STATUS_ACCEPTED && columns->status != STATUS_RUNNING;
    int64_t before_us;

    if (!has_ended || columns->updated_at_us == TIME_NONE)
        return false;
    before_us = horizon_leaving_us(horizons, columns->key.organization_id, columns->type);
    return before_us != TIME_NONE && columns->updated_at_us <= before_us;
}

int64_t keeping_us(const struct keepings *keepings, const struct horizon_of *of)
{
    int64_t keep_us = 0;
    int best_rank = -1;

    for (size_t i = 0; i < keepings->count; i++) {
        int found = rank(&keepings->items[i].of, of->organization_id, of->type);

        if (found > best_rank) {
            keep_us = keepings->items[i].keep_us;
            best_rank = found;
        }
    }
    return keep_us;
}

static bool is_same(const struct horizon_of *a, const struct horizon_of *b)
{
    return slice_equal(a->organization_id, b->organization_id) && slice_equal(a->type, b->type);
}

static const struct horizon *line_of(const struct horizons *horizons, const struct horizon_of *of)
{
    for (size_t i = 0; i < horizons->count; i++)
        if (is_same(&horizons->items[i].of, of))
            return &horizons->items[i];
    return NULL;
}

static int64_t advanced(int64_t before_us, int64_t keep_us, int64_t now_us, int64_t step_us)
{
    int64_t target_us, next_us;

    if (!keep_us || __builtin_sub_overflow(now_us, keep_us, &target_us))
        return before_us;
    if (before_us != TIME_NONE &&
        (__builtin_add_overflow(before_us, step_us, &next_us) || target_us < next_us))
        return before_us;
    return target_us;
}

// A line under construction.
struct lines {
    const struct horizons *before;
    struct horizon *items; // HORIZONS_MAX
    size_t count;
};

// Appends a line that is new: it begins where held what held for its jobs so far.
static int add_line(struct lines *lines, const struct horizon_of *of, struct err *err)
{
    const struct horizons so_far = {.items = lines->items, .count = lines->count};

    if (line_of(&so_far, of))
        return DONE;
    if (lines->count == HORIZONS_MAX)
        return err_set(err, FATAL, "CONFIGURATION",
                       "retention: more than %d lines of organisations and types were configured "
                       "in the course of time",
                       HORIZONS_MAX);
    lines->items[lines->count++] =
        (struct horizon){*of, of_known_type(lines->before, of->organization_id, of->type)};
    return DONE;
}

// A new line for an organisation takes over from those for types, each of which was elsewhere: so
// that each type goes on from where it was, it gets a line of its own.
static int add_types(struct lines *lines, struct slice organization_id, struct err *err)
{
    const struct horizons *before = lines->before;
    int rc = DONE;

    for (size_t i = 0; !rc && i < before->count; i++) {
        const struct horizon_of of = {organization_id, before->items[i].of.type};

        if (!before->items[i].of.organization_id.size && of.type.size)
            rc = add_line(lines, &of, err);
    }
    return rc;
}

static int add_lines(struct lines *lines, const struct keepings *keepings, struct err *err)
{
    int rc = DONE;

    for (size_t i = 0; !rc && i < keepings->count; i++) {
        const struct horizon_of *of = &keepings->items[i].of;

        if (of->organization_id.size && !of->type.size && !line_of(lines->before, of))
            rc = add_types(lines, of->organization_id, err);
        if (!rc)
            rc = add_line(lines, of, err);
    }
    return rc;
}

int horizons_advance(const struct horizons *before, const struct keepings *keepings, int64_t now_us,
                     int64_t step_us, struct arena *arena, struct horizons *out, bool *changed,
                     struct err *err)
{
    struct lines lines = {before, arena_alloc(arena, HORIZONS_MAX * sizeof *lines.items), 0};
    int rc = lines.items ? DONE : err_no_memory(err);

    for (size_t i = 0; !rc && i < before->count && i < HORIZONS_MAX; i++)
        lines.items[lines.count++] = before->items[i];
    if (!rc)
        rc = add_lines(&lines, keepings, err);
    if (rc)
        return rc;
    *changed = lines.count != before->count;
    for (size_t i = 0; i < lines.count; i++) {
        struct horizon *line = &lines.items[i];
        const int64_t next_us =
            advanced(line->before_us, keeping_us(keepings, &line->of), now_us, step_us);

        *changed = *changed || next_us != line->before_us;
        line->before_us = next_us;
    }
    *out =
        (struct horizons){.items = lines.items, .count = lines.count, .version = before->version};
    horizons_settle(out);
    return DONE;
}
