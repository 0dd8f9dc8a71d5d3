// SPDX-License-Identifier: Apache-2.0
#include "store/retention/eraser.h"

#include <stdlib.h>

#include "base/random.h"
#include "core/pack.h"
#include "store/connection/arrays.h"
#include "store/connection/columns.h"
#include "store/connection/session.h"
#include "store/connection/values.h"
#include "store/projection/row_columns.h"
#include "store/projection/row_query.h"
#include "store/retention/mention.h"

enum { STEP = 200, LETTERS_STEP = 50 /* of 1 MiB each at most */, SALT_BYTES = 16 };

static const char *const prepared[] = {"begin",       "commit",     "rollback",
                                       "rows_update", "change_add", NULL};

struct eraser {
    struct session session;
    struct slice organization_id, member_id;
    int64_t begun;  // see retention_begun.sql
    int64_t behind; // of requests or letters, the last that was looked at
    char job_id[ID_MAX_BYTES];
    size_t job_id_size; // of disputed jobs, likewise
    PGresult *answer;   // owned: of what was asked last
    struct arena arena; // of a step
};

// Asks; the parameters, which may be NULL, are given back. What was answered before is gone.
static int ask(struct eraser *eraser, const char *query, struct parameters *parameters,
               struct err *err)
{
    PGresult *answer = NULL;
    int rc = session_ask(&eraser->session, query, parameters, &answer, err);

    if (parameters)
        parameters_free(parameters);
    PQclear(eraser->answer);
    eraser->answer = answer;
    return rc;
}

// What else has rows that name the member, and is not the live projection.
static int check_projections(struct eraser *eraser, struct err *err)
{
    int rc = ask(eraser, "rebuild_alone", NULL, err);

    if (!rc && !value_bool(eraser->answer, 0, 0))
        return err_set(err, RETRY, "REBUILD_RUNS",
                       "a jobtrail rebuild or another jobtrail erase is at work: run it again when "
                       "that is done");
    if (!rc)
        rc = ask(eraser, "rebuild_state", NULL, err);
    if (!rc && value_bool(eraser->answer, 0, 0))
        return err_set(err, FATAL, "REBUILD_BEGUN",
                       "a rebuild was begun, and what it fills would name the member: finish it "
                       "with jobtrail rebuild, or give it up with --abandon");
    if (!rc && value_bool(eraser->answer, 0, 1))
        return err_set(err, FATAL, "OLD_KEPT",
                       "the projection that was live before the last rebuild is kept and names the "
                       "member: remove it with jobtrail rebuild --drop");
    return rc;
}

int eraser_open(const struct connection_options *options, struct slice organization_id,
                struct slice member_id, struct eraser **out, struct err *err)
{
    struct eraser *eraser = calloc(1, sizeof *eraser);
    int rc;

    if (!eraser)
        return err_no_memory(err);
    eraser->organization_id = organization_id;
    eraser->member_id = member_id;
    arena_init(&eraser->arena);
    rc = session_init(&eraser->session, options, prepared, err);
    eraser->session.writes = true;
    if (!rc)
        rc = session_connect(&eraser->session, err);
    if (!rc)
        rc = session_ask(&eraser->session, "retention_session", NULL, NULL, err);
    if (!rc)
        rc = check_projections(eraser, err);
    if (rc)
        eraser_close(eraser);
    else
        *out = eraser;
    return rc;
}

void eraser_close(struct eraser *eraser)
{
    if (!eraser)
        return;
    PQclear(eraser->answer);
    session_close(&eraser->session);
    arena_reset(&eraser->arena);
    free(eraser);
}

// The one that others were erased with, or a new one.
static int find_salt(struct eraser *eraser, char salt[SALT_BYTES], struct err *err)
{
    int rc = ask(eraser, "erase_salt", NULL, err);
    struct slice kept;

    if (rc)
        return rc;
    kept = PQntuples(eraser->answer) ? value_bytes(eraser->answer, 0, 0) : SLICE_NULL;
    if (kept.size == SALT_BYTES)
        memcpy(salt, kept.data, SALT_BYTES);
    else
        random_bytes(salt, SALT_BYTES);
    return DONE;
}

int eraser_remember(struct eraser *eraser, int64_t known_for_s, struct err *err)
{
    unsigned char digest[DIGEST_BYTES];
    char salt[SALT_BYTES];
    struct parameters parameters;
    int rc = find_salt(eraser, salt, err);

    if (!rc)
        rc = erasure_digest((struct slice){salt, sizeof salt}, eraser->organization_id,
                            eraser->member_id, digest, err);
    if (rc)
        return rc;
    parameters_init(&parameters);
    parameters_add_bytes(&parameters, (struct slice){salt, sizeof salt});
    parameters_add_bytes(&parameters, (struct slice){(const char *)digest, sizeof digest});
    parameters_add_int8(&parameters, known_for_s);
    rc = ask(eraser, "erase_remember", &parameters, err);
    if (!rc)
        rc = ask(eraser, "retention_begun", NULL, err);
    if (!rc)
        eraser->begun = value_int8(eraser->answer, 0, 0);
    return rc;
}

int eraser_is_settled(struct eraser *eraser, bool *is, struct err *err)
{
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    parameters_add_int8(&parameters, eraser->begun);
    rc = ask(eraser, "retention_settled", &parameters, err);
    *is = !rc && value_bool(eraser->answer, 0, 0);
    return rc;
}

// The row of an answer as it shall be; *named: it names the member.
static int rewrite(struct eraser *eraser, int place, struct row_write *write, bool *named,
                   struct err *err)
{
    struct stored_row stored;
    struct row *row;
    int rc;

    *named = false;
    row_columns_read(eraser->answer, place, &stored);
    rc = unpack_row(&stored.columns, &row, err);
    if (rc)
        return rc;
    rc = row_erase(row, eraser->member_id, named, err);
    if (!rc && *named) {
        *write = (struct row_write){
            .is_known = true, .base_revision = stored.revision, .history_changed = true};
        random_bytes(&write->revision, sizeof write->revision);
        rc = pack_row(row, &eraser->arena, &write->columns, err);
    }
    // What the columns borrow from the row is in the answer too, but for what was erased.
    if (!rc && *named) {
        const struct slice creator_id = write->columns.creator_id;
        const struct slice state = write->columns.state, history = write->columns.history;

        write->columns = stored.columns;
        write->columns.creator_disputed = true;
        if (!arena_copy(&eraser->arena, creator_id, &write->columns.creator_id) ||
            !arena_copy(&eraser->arena, state, &write->columns.state) ||
            !arena_copy(&eraser->arena, history, &write->columns.history))
            rc = err_no_memory(err);
    }
    row_free(row);
    return rc;
}

static bool queue(struct eraser *eraser, const struct row_write *writes, size_t count)
{
    struct exchange *exchange = &eraser->session.exchange;
    const struct strided rows = STRIDED(writes, count);
    struct parameters *change;

    exchange_clear(exchange);
    if (!exchange_add(exchange, "begin") || !row_query(writes, count, exchange))
        return false;
    change = exchange_add(exchange, "change_add");
    if (!change)
        return false;
    column_texts(change, rows, offsetof(struct row_write, columns.key.job_id));
    column_texts(change, rows, offsetof(struct row_write, columns.key.organization_id));
    return exchange_add(exchange, "commit");
}

// Rows that somebody replaced meanwhile are met again.
static int write_rows(struct eraser *eraser, const struct row_write *writes, size_t count,
                      size_t *written, struct err *err)
{
    int rc;

    *written = 0;
    if (!queue(eraser, writes, count)) {
        exchange_clear(&eraser->session.exchange);
        return err_no_memory(err);
    }
    rc = session_run(&eraser->session, err);
    if (!rc) {
        *written = count;
        return DONE;
    }
    session_end_transaction(&eraser->session);
    return strcmp(err->reason, STORE_ROW_REPLACED) != 0 ? rc : DONE;
}

static int ask_rows(struct eraser *eraser, bool disputed, struct err *err)
{
    struct parameters parameters;

    parameters_init(&parameters);
    parameters_add_bytes(&parameters, eraser->organization_id);
    parameters_add_bytes(&parameters, disputed ? (struct slice){eraser->job_id, eraser->job_id_size}
                                               : eraser->member_id);
    parameters_add_int8(&parameters, STEP);
    return ask(eraser, disputed ? "erase_disputed" : "erase_theirs", &parameters, err);
}

static void move_behind(struct eraser *eraser, int rows)
{
    const struct slice job_id = rows ? value_bytes(eraser->answer, rows - 1, 0) : SLICE_LITERAL("");

    if (!rows || job_id.size > sizeof eraser->job_id)
        return;
    memcpy(eraser->job_id, job_id.data, job_id.size);
    eraser->job_id_size = job_id.size;
}

static int step_rows(struct eraser *eraser, struct eraser_progress *progress, struct err *err)
{
    const bool disputed = progress->stage == ERASER_DISPUTED;
    struct row_write *writes = arena_alloc(&eraser->arena, STEP * sizeof *writes);
    size_t count = 0, written = 0;
    int rows = 0, rc = writes ? ask_rows(eraser, disputed, err) : err_no_memory(err);

    if (!rc)
        rows = PQntuples(eraser->answer);
    for (int place = 0; !rc && place < rows; place++) {
        bool named;

        rc = rewrite(eraser, place, &writes[count], &named, err);
        count += named;
    }
    if (!rc && count)
        rc = write_rows(eraser, writes, count, &written, err);
    if (rc)
        return rc;
    progress->looked_at += (uint64_t)rows;
    progress->changed[progress->stage] += written;
    if (disputed && written == count)
        move_behind(eraser, rows);
    if (rows < STEP && written == count)
        progress->stage++;
    return DONE;
}

// What a step over requests answers: the last, how many, how many were changed.
static void take_step(struct eraser *eraser, struct eraser_progress *progress)
{
    const int64_t looked_at = value_int8(eraser->answer, 0, 1);

    eraser->behind = value_int8(eraser->answer, 0, 0);
    progress->looked_at += (uint64_t)looked_at;
    progress->changed[progress->stage] += (uint64_t)value_int8(eraser->answer, 0, 2);
    if (looked_at == STEP)
        return;
    progress->stage++;
    eraser->behind = 0;
}

static int step_requests(struct eraser *eraser, struct eraser_progress *progress, struct err *err)
{
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    parameters_add_int8(&parameters, eraser->behind);
    parameters_add_int8(&parameters, STEP);
    parameters_add_bytes(&parameters, eraser->organization_id);
    parameters_add_bytes(&parameters, eraser->member_id);
    parameters_add_bytes(&parameters, CREATOR_ERASED);
    rc = ask(eraser, "erase_requests", &parameters, err);
    if (!rc)
        take_step(eraser, progress);
    return rc;
}

static int ask_letters(struct eraser *eraser, struct err *err)
{
    struct parameters parameters;

    parameters_init(&parameters);
    parameters_add_int8(&parameters, eraser->behind);
    parameters_add_int8(&parameters, LETTERS_STEP);
    return ask(eraser, "erase_letters_next", &parameters, err);
}

static int empty_letters(struct eraser *eraser, const int64_t *ids, size_t count, uint64_t *changed,
                         struct err *err)
{
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    column_int8s(&parameters, STRIDED(ids, count), 0);
    rc = ask(eraser, "erase_letters", &parameters, err);
    if (!rc)
        *changed += (uint64_t)value_int8(eraser->answer, 0, 0);
    return rc;
}

static int step_letters(struct eraser *eraser, struct eraser_progress *progress, struct err *err)
{
    int64_t theirs[LETTERS_STEP];
    size_t count = 0;
    int rows = 0, rc = ask_letters(eraser, err);

    if (!rc)
        rows = PQntuples(eraser->answer);
    for (int row = 0; row < rows; row++) {
        const struct slice value = value_bytes(eraser->answer, row, 1);

        eraser->behind = value_int8(eraser->answer, row, 0);
        if (mentions(value, eraser->organization_id) && mentions(value, eraser->member_id))
            theirs[count++] = eraser->behind;
    }
    if (!rc && count)
        rc = empty_letters(eraser, theirs, count, &progress->changed[ERASER_LETTERS], err);
    progress->looked_at += (uint64_t)rows;
    if (!rc && rows < LETTERS_STEP)
        progress->stage++;
    return rc;
}

int eraser_step(struct eraser *eraser, struct eraser_progress *progress, struct err *err)
{
    int rc = DONE;

    switch (progress->stage) {
    case ERASER_JOBS:
    case ERASER_DISPUTED:
        rc = step_rows(eraser, progress, err);
        break;
    case ERASER_REQUESTS:
        rc = step_requests(eraser, progress, err);
        break;
    case ERASER_LETTERS:
        rc = step_letters(eraser, progress, err);
        break;
    default:
        break;
    }
    arena_reset(&eraser->arena);
    return rc;
}
