// SPDX-License-Identifier: Apache-2.0
#include "store/examine/examiner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "store/connection/backend.h"
#include "store/connection/link.h"
#include "store/connection/migrations.h"
#include "store/connection/sequences.h"
#include "store/connection/values.h"

// Columns of a query that judges: each row is a finding.
enum { LEVEL, SUBJECT, TEXT, COMMAND };

struct examiner {
    PGconn *connection;
    int timeout_ms; // of one question
};

static int open_as(const struct connection_options *options, bool writes, struct examiner **out,
                   struct err *err)
{
    struct examiner *examiner = calloc(1, sizeof *examiner);
    int rc;

    if (!examiner)
        return err_no_memory(err);
    examiner->timeout_ms = options->statement_timeout_ms;
    examiner->connection = link_open(options->conninfo, options->application_name,
                                     options->connect_timeout_ms, NULL, err);
    rc = examiner->connection ? backend_check(examiner->connection, options, writes, err)
                              : (int)err->disposition;
    if (!rc)
        rc = link_ask(examiner->connection, "examine_session", NULL, examiner->timeout_ms, NULL,
                      err);
    if (rc)
        examiner_close(examiner);
    else
        *out = examiner;
    return rc;
}

int examiner_open(const struct connection_options *options, struct examiner **out, struct err *err)
{
    return open_as(options, true, out, err);
}

int examiner_open_reading(const struct connection_options *options, struct examiner **out,
                          struct err *err)
{
    return open_as(options, false, out, err);
}

void examiner_close(struct examiner *examiner)
{
    if (!examiner)
        return;
    PQfinish(examiner->connection);
    free(examiner);
}

// Rows of text in binary are the text itself, but end with no NUL in a row of their own: libpq puts
// one behind each value.
static void add_row(const PGresult *answer, int row, struct findings *findings)
{
    int32_t level = value_int4(answer, row, LEVEL);

    findings_add(findings,
                 level >= FINDING_OK && level < FINDING_LEVELS ? (enum finding_level)level
                                                               : FINDING_ERROR,
                 PQgetvalue(answer, row, SUBJECT), "%s", PQgetvalue(answer, row, TEXT));
    if (!PQgetisnull(answer, row, COMMAND))
        findings_command(findings, "%s", PQgetvalue(answer, row, COMMAND));
}

static int judge_with(struct examiner *examiner, const char *query, struct parameters *parameters,
                      struct findings *findings, struct err *err)
{
    PGresult *answer = NULL;
    int rc = link_ask(examiner->connection, query, parameters, examiner->timeout_ms, &answer, err);

    for (int row = 0; !rc && row < PQntuples(answer); row++)
        add_row(answer, row, findings);
    PQclear(answer);
    return rc;
}

static int judge(struct examiner *examiner, const char *query, struct findings *findings,
                 struct err *err)
{
    return judge_with(examiner, query, NULL, findings, err);
}

static int judge_by_number(struct examiner *examiner, const char *query, int number,
                           struct findings *findings, struct err *err)
{
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    parameters_add_int4(&parameters, number);
    rc = judge_with(examiner, query, &parameters, findings, err);
    parameters_free(&parameters);
    return rc;
}

int examine_server(struct examiner *examiner, struct findings *findings, struct err *err)
{
    return judge(examiner, "examine_server", findings, err);
}

int examine_schema(struct examiner *examiner, struct findings *findings, struct err *err)
{
    int rc = migrations_require(examiner->connection, examiner->timeout_ms, err);

    if (!rc)
        findings_add(findings, FINDING_OK, "", "every migration is applied");
    else if (rc == FATAL)
        findings_add_err(findings, FINDING_ERROR, "", err);
    return rc == FATAL ? DONE : rc;
}

int examine_owners(struct examiner *examiner, struct findings *findings, struct err *err)
{
    return judge(examiner, "examine_owners", findings, err);
}

int examine_rights(struct examiner *examiner, struct findings *findings, struct err *err)
{
    int rc = judge(examiner, "examine_grants", findings, err);

    return rc ? rc : judge(examiner, "examine_policies", findings, err);
}

int examine_settings(struct examiner *examiner, struct findings *findings, struct err *err)
{
    return judge(examiner, "examine_settings", findings, err);
}

int examine_connections(struct examiner *examiner, int needed, struct findings *findings,
                        struct err *err)
{
    return judge_by_number(examiner, "examine_connections", needed, findings, err);
}

struct sequences_seen {
    struct findings *findings;
    size_t looked_at, wrong;
};

static int see_sequence(void *self, const struct sequence_state *state, struct err *err)
{
    struct sequences_seen *seen = self;
    char name[160];

    snprintf(name, sizeof name, "%.*s", (int)state->name.size, state->name.data);
    seen->looked_at++;
    if (sequence_judge(state, err)) {
        findings_add_err(seen->findings, FINDING_ERROR, name, err);
        seen->wrong++;
    } else if (state->is_behind) {
        findings_add(seen->findings, FINDING_WARNING, name,
                     "it stands behind its table, whose last id is %" PRId64
                     "; serve sets it forward when it connects, other programs would draw ids "
                     "that are taken",
                     state->last_id);
        findings_command(seen->findings, "SELECT setval('%s', %" PRId64 ");", name, state->last_id);
        seen->wrong++;
    }
    return DONE;
}

int examine_sequences(struct examiner *examiner, struct findings *findings, struct err *err)
{
    struct sequences_seen seen = {.findings = findings};
    int rc = sequences_look(examiner->connection, examiner->timeout_ms, &seen, see_sequence, err);

    if (!rc && !seen.looked_at)
        findings_add(findings, FINDING_ERROR, "",
                     "there is no sequence that we may draw from: see the check rights");
    else if (!rc && !seen.wrong)
        findings_add(findings, FINDING_OK, "", "%zu sequences stand where their tables do",
                     seen.looked_at);
    return rc;
}

int examine_transactions(struct examiner *examiner, int old_after_s, struct findings *findings,
                         struct err *err)
{
    return judge_by_number(examiner, "examine_transactions", old_after_s, findings, err);
}

int examine_slots(struct examiner *examiner, struct findings *findings, struct err *err)
{
    return judge(examiner, "examine_slots", findings, err);
}

// How much WAL there is, may be refused; the rest is said all the same.
int examine_space(struct examiner *examiner, struct findings *findings, struct err *err)
{
    int rc = judge(examiner, "examine_space", findings, err);

    if (!rc && judge(examiner, "examine_wal", findings, err) && err->disposition == FATAL)
        rc = judge(examiner, "examine_wal_refused", findings, err);
    return rc;
}

int examine_outbox(struct examiner *examiner, struct findings *findings, struct err *err)
{
    return judge(examiner, "examine_outbox", findings, err);
}

int examine_retention(struct examiner *examiner, struct findings *findings, struct err *err)
{
    return judge(examiner, "examine_retention", findings, err);
}

int examine_replica(struct examiner *examiner, struct findings *findings, struct err *err)
{
    return judge(examiner, "examine_replica", findings, err);
}

int examine_clock(struct examiner *examiner, int64_t *database_us, int64_t *asked_us,
                  int64_t *answered_us, struct err *err)
{
    PGresult *answer = NULL;
    int rc;

    *asked_us = clock_now_us();
    rc = link_ask(examiner->connection, "database_clock", NULL, examiner->timeout_ms, &answer, err);
    *answered_us = clock_now_us();
    if (!rc)
        *database_us = value_time(answer, 0, 0);
    PQclear(answer);
    return rc;
}

int examiner_library_version(void)
{
    return PQlibVersion();
}
