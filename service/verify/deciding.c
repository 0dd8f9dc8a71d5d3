// SPDX-License-Identifier: Apache-2.0
#include "verify/deciding.h"

void deciding_add(struct deciding *deciding, const struct folded_job *job, const struct uuid *id)
{
    const struct event_ref *ref = job ? folded_job_ref(job, id) : NULL;

    if (ref && deciding->count < DECIDING_EVENTS_MAX)
        deciding->refs[deciding->count++] = ref;
}

static void add_slot(struct deciding *deciding, const struct folded_job *job, enum ref_slot slot)
{
    if (job->has_slot[slot] && deciding->count < DECIDING_EVENTS_MAX)
        deciding->refs[deciding->count++] = &job->slots[slot];
}

static void add_first(struct deciding *deciding, const struct row *row,
                      const struct folded_job *job, enum history_set_kind set)
{
    struct event event;

    if (!row->history.count[set])
        return;
    event = history_event(&row->history, set, 0);
    deciding_add(deciding, job, &event.id);
}

// The earliest creation, and one that names another creator.
static void add_dispute(struct deciding *deciding, const struct row *row,
                        const struct folded_job *job)
{
    if (row->creation.known)
        deciding_add(deciding, job, &row->creation.key.id);
    for (int place = 1; place < row->history.count[HISTORY_CREATIONS]; place++) {
        struct event event = history_event(&row->history, HISTORY_CREATIONS, place);

        if (slice_equal(event.creator_id, text_slice(&row->creation.creator_id)))
            continue;
        deciding_add(deciding, job, &event.id);
        return;
    }
}

static void add_run(struct deciding *deciding, const struct row *row, const struct folded_job *job)
{
    if (row->started_at_us != TIME_NONE)
        add_first(deciding, row, job, HISTORY_STARTS);
    else
        add_slot(deciding, job, REF_TICK);
}

// That of the winning end, if there is one.
static bool add_end(struct deciding *deciding, const struct row *row, const struct folded_job *job)
{
    if (row->end.known)
        deciding_add(deciding, job, &row->end.key.id);
    return row->end.known;
}

static void add_creation(struct deciding *deciding, const struct row *row,
                         const struct folded_job *job)
{
    if (row->creation.known)
        deciding_add(deciding, job, &row->creation.key.id);
}

static void add_status(struct deciding *deciding, const struct row *row,
                       const struct folded_job *job)
{
    if (add_end(deciding, row, job))
        return;
    if (row->ran)
        add_run(deciding, row, job);
    else
        add_slot(deciding, job, REF_ATTEMPT);
}

static void add_message(struct deciding *deciding, const struct row *row,
                        const struct folded_job *job)
{
    if (row->end.message.data)
        add_end(deciding, row, job);
    else if (row->statement.message.data)
        deciding_add(deciding, job, &row->statement.key.id);
    else
        add_creation(deciding, row, job);
}

void deciding_of(enum decided_by by, const struct row *expected, const struct folded_job *job,
                 struct deciding *out)
{
    *out = (struct deciding){0};
    if (!expected || !job)
        return;
    switch (by) {
    case BY_STATUS:
        add_status(out, expected, job);
        break;
    case BY_ATTEMPT:
        add_slot(out, job, REF_ATTEMPT);
        break;
    case BY_PROGRESS:
        if (row_status(expected) == STATUS_SUCCESSFUL)
            add_end(out, expected, job);
        else
            add_slot(out, job, REF_TICK);
        break;
    case BY_CREATION:
        add_creation(out, expected, job);
        break;
    case BY_MESSAGE:
        add_message(out, expected, job);
        break;
    case BY_END:
        add_end(out, expected, job);
        break;
    case BY_DISPUTE:
        add_dispute(out, expected, job);
        break;
    case BY_START:
        add_first(out, expected, job, HISTORY_STARTS);
        break;
    case BY_TIME:
        add_slot(out, job, REF_TIME);
        break;
    case BY_RUN:
        add_run(out, expected, job);
        break;
    case BY_TICK:
        add_slot(out, job, REF_TICK);
        break;
    case BY_STATEMENT:
        deciding_add(out, job, &expected->statement.key.id);
        break;
    }
}
