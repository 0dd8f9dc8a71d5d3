// SPDX-License-Identifier: Apache-2.0
#include "store/reader/change_reader.h"

#include <stdlib.h>

#include "base/arena.h"
#include "core/stream_resume.h"
#include "store/connection/array_read.h"
#include "store/connection/arrays.h"
#include "store/connection/session.h"
#include "store/connection/values.h"

static const char *const prepared[] = {"changes_since", NULL};

// Commits are written in nearly the order of their times, and are visible soon after.
enum { COMMIT_SLACK_US = 1000 * 1000 };

struct change_reader {
    struct session session;
    bool is_replica;     // the server, when it was asked where to begin
    int64_t replayed_us; // of a replica, as of the last question; TIME_NONE: unknown
    struct parameters parameters;
    PGresult *answer; // owned: what was handed out points into it
    struct arena arena;
};

struct change_reader *change_reader_new(const struct connection_options *options, struct err *err)
{
    struct change_reader *reader = calloc(1, sizeof *reader);

    if (!reader) {
        err_no_memory(err);
        return NULL;
    }
    parameters_init(&reader->parameters);
    arena_init(&reader->arena);
    if (!session_init(&reader->session, options, prepared, err))
        return reader;
    change_reader_free(reader);
    return NULL;
}

void change_reader_free(struct change_reader *reader)
{
    if (!reader)
        return;
    PQclear(reader->answer);
    session_close(&reader->session);
    parameters_free(&reader->parameters);
    arena_reset(&reader->arena);
    free(reader);
}

int change_reader_connect(struct change_reader *reader, struct err *err)
{
    return session_connect(&reader->session, err);
}

bool change_reader_is_connected(const struct change_reader *reader)
{
    return session_is_connected(&reader->session);
}

void change_reader_disconnect(struct change_reader *reader)
{
    session_disconnect(&reader->session);
}

// Takes the time of the last commit that was replayed. That may be one which the statement that
// tells of it does not see yet, but the next one does.
static void take_replayed(struct change_reader *reader, int column)
{
    int64_t replayed_us = value_time(reader->answer, 0, column), before_us = reader->replayed_us;

    if (replayed_us == TIME_NONE)
        return;
    if (replayed_us >= before_us || before_us - replayed_us > COMMIT_SLACK_US)
        reader->replayed_us = replayed_us;
}

static int begin_asking(struct change_reader *reader, struct err *err)
{
    PQclear(reader->answer);
    reader->answer = NULL;
    arena_reset(&reader->arena);
    parameters_clear(&reader->parameters);
    return session_need(&reader->session, err);
}

int change_reader_start(struct change_reader *reader, struct change_start *out, struct err *err)
{
    int rc = begin_asking(reader, err);

    *out = (struct change_start){0};
    if (rc)
        return rc;
    parameters_add_int8(&reader->parameters, RESUME_S);
    parameters_add_int8(&reader->parameters, CHANGE_COMMITS_WITHIN_S);
    parameters_add_int8(&reader->parameters, RESUME_CHANGES_MAX);
    rc = session_ask(&reader->session, "changes_recent", &reader->parameters, &reader->answer, err);
    if (rc)
        return rc;
    out->after = value_int8(reader->answer, 0, 0);
    out->all_since_us = value_time(reader->answer, 0, 1);
    out->server_started_us = value_time(reader->answer, 0, 2);
    out->is_replica = value_bool(reader->answer, 0, 3);
    reader->is_replica = out->is_replica;
    reader->replayed_us = TIME_NONE;
    take_replayed(reader, 4);
    return DONE;
}

static int ask_since(struct change_reader *reader, int64_t after, const int64_t *missing,
                     size_t missing_count, struct err *err)
{
    struct parameters *parameters = &reader->parameters;
    struct buffer *ids;

    parameters_add_int8(parameters, after);
    ids = parameters_next(parameters);
    array_begin(ids, ARRAY_INT8, missing_count);
    for (size_t i = 0; i < missing_count; i++)
        array_int8(ids, missing[i]);
    parameters_add_int4(parameters, CHANGE_JOBS_MAX);
    parameters_add_int8(parameters, CHANGES_MAX);
    return session_ask_prepared(&reader->session, "changes_since", parameters, &reader->answer,
                                err);
}

enum column { ASKED_AT, IS_REPLICA, REPLAYED_AT, ID, BEGAN_AT, JOB_IDS, ORGANIZATION_IDS };

static int damaged(struct err *err)
{
    return err_set(err, RETRY, "SERVER_ERROR", "PostgreSQL's answer about changes makes no sense");
}

static int take(struct change_reader *reader, int row, struct viewed_change *out, struct err *err)
{
    struct array_reader jobs = {0}, organizations;
    struct job_key *keys;

    *out = (struct viewed_change){.id = value_int8(reader->answer, row, ID),
                                  .began_at_us = value_time(reader->answer, row, BEGAN_AT),
                                  .is_large = PQgetisnull(reader->answer, row, JOB_IDS)};
    if (!array_read(value_bytes(reader->answer, row, ORGANIZATION_IDS), &organizations) ||
        (!out->is_large && !array_read(value_bytes(reader->answer, row, JOB_IDS), &jobs)))
        return damaged(err);
    out->count = organizations.count;
    if (!out->is_large && jobs.count != out->count)
        return damaged(err);
    keys = arena_alloc(&reader->arena, (out->count + 1) * sizeof *keys);
    if (!keys)
        return err_no_memory(err);
    out->keys = keys;
    for (size_t i = 0; i < out->count; i++) {
        keys[i] = (struct job_key){0};
        if (!array_read_next(&organizations, &keys[i].organization_id) ||
            (!out->is_large && !array_read_next(&jobs, &keys[i].job_id)))
            return damaged(err);
    }
    return DONE;
}

static int take_times(struct change_reader *reader, struct viewed_changes *out, struct err *err)
{
    if (value_bool(reader->answer, 0, IS_REPLICA) != reader->is_replica) {
        err_set(err, RETRY, "PROMOTED", "the replica was promoted");
        return session_lost(&reader->session, err);
    }
    out->asked_us = out->seen_us = value_time(reader->answer, 0, ASKED_AT);
    if (!reader->is_replica)
        return DONE;
    out->asked_us = reader->replayed_us == TIME_NONE ? 0 : reader->replayed_us;
    take_replayed(reader, REPLAYED_AT);
    out->seen_us =
        reader->replayed_us == TIME_NONE ? INT64_MAX : reader->replayed_us + COMMIT_SLACK_US;
    return DONE;
}

int change_reader_read(struct change_reader *reader, int64_t after, const int64_t *missing,
                       size_t missing_count, struct viewed_changes *out, struct err *err)
{
    struct viewed_change *changes;
    size_t rows, behind = 0;
    int rc = begin_asking(reader, err);

    *out = (struct viewed_changes){0};
    if (!rc)
        rc = ask_since(reader, after, missing, missing_count, err);
    if (rc)
        return rc;
    rows = (size_t)PQntuples(reader->answer);
    if (!rows)
        return damaged(err);
    rc = take_times(reader, out, err);
    if (rc)
        return rc;
    if (PQgetisnull(reader->answer, 0, ID))
        rows = 0;
    changes = arena_alloc(&reader->arena, (rows + 1) * sizeof *changes);
    if (!changes)
        return err_no_memory(err);
    for (size_t row = 0; !rc && row < rows; row++) {
        rc = take(reader, (int)row, &changes[row], err);
        behind += changes[row].id > after;
    }
    out->changes = changes;
    out->count = rc ? 0 : rows;
    out->is_all = behind < CHANGES_MAX;
    return rc;
}
