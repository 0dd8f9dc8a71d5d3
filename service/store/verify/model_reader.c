// SPDX-License-Identifier: Apache-2.0
#include "store/verify/model_reader.h"

#include <stdlib.h>

#include "store/connection/backend.h"
#include "store/connection/columns.h"
#include "store/connection/link.h"
#include "store/connection/migrations.h"
#include "store/connection/values.h"
#include "store/projection/row_columns.h"

enum { TOPIC, PARTITION, NEXT_OFFSET, LAST_OFFSET, LAST_TIMESTAMP_MS, LAST_HASH, CLUSTER_ID };
enum { ORGANIZATION_ID, TYPE, STATUS, KEPT, COUNTED };

// What was asked last, and room for it as structs.
struct answered {
    PGresult *answer; // owned
    void *items;      // owned
};

struct model_reader {
    PGconn *connection;
    int timeout_ms; // of one question
    struct parameters parameters;
    struct answered positions, keys, rows;
};

static int ask(struct model_reader *reader, const char *query, struct parameters *parameters,
               PGresult **answer, struct err *err)
{
    return link_ask(reader->connection, query, parameters, reader->timeout_ms, answer, err);
}

int model_reader_open(const struct connection_options *options, struct model_reader **out,
                      struct err *err)
{
    struct model_reader *reader = calloc(1, sizeof *reader);
    int rc;

    if (!reader)
        return err_no_memory(err);
    parameters_init(&reader->parameters);
    reader->timeout_ms = LINK_QUERY_TIMEOUT_MS; // nobody waits for it
    reader->connection = link_open(options->conninfo, options->application_name,
                                   options->connect_timeout_ms, NULL, err);
    rc = reader->connection ? backend_check(reader->connection, options, false, err)
                            : (int)err->disposition;
    if (!rc)
        rc = ask(reader, "verify_session", NULL, NULL, err);
    if (!rc)
        rc = migrations_require(reader->connection, reader->timeout_ms, err);
    if (rc)
        model_reader_close(reader);
    else
        *out = reader;
    return rc;
}

static void forget(struct answered *answered)
{
    PQclear(answered->answer);
    free(answered->items);
    *answered = (struct answered){0};
}

void model_reader_close(struct model_reader *reader)
{
    if (!reader)
        return;
    forget(&reader->positions);
    forget(&reader->keys);
    forget(&reader->rows);
    parameters_free(&reader->parameters);
    PQfinish(reader->connection);
    free(reader);
}

int model_snapshot_begin(struct model_reader *reader, struct err *err)
{
    return ask(reader, "verify_begin", NULL, NULL, err);
}

int model_snapshot_end(struct model_reader *reader, struct err *err)
{
    return ask(reader, "commit", NULL, NULL, err);
}

int model_rules(struct model_reader *reader, struct rules *out, struct err *err)
{
    return rules_load(reader->connection, reader->timeout_ms, out, err);
}

// Asks, and makes room for each row as a struct of that size.
static int ask_many(struct model_reader *reader, const char *query, struct parameters *parameters,
                    struct answered *answered, size_t size, size_t *count, struct err *err)
{
    int rc;

    forget(answered);
    *count = 0;
    rc = ask(reader, query, parameters, &answered->answer, err);
    if (rc)
        return rc;
    *count = (size_t)PQntuples(answered->answer);
    answered->items = calloc(*count + 1, size);
    return answered->items ? DONE : err_no_memory(err);
}

int model_positions(struct model_reader *reader, const struct model_position **out, size_t *count,
                    struct err *err)
{
    struct answered *answered = &reader->positions;
    struct model_position *positions;
    int rc = ask_many(reader, "verify_positions", NULL, answered, sizeof *positions, count, err);

    if (rc)
        return rc;
    positions = answered->items;
    for (size_t i = 0; i < *count; i++) {
        const PGresult *answer = answered->answer;
        const int row = (int)i;

        positions[i] = (struct model_position){
            .source = {value_bytes(answer, row, TOPIC), value_int4(answer, row, PARTITION)},
            .next_offset = value_int8(answer, row, NEXT_OFFSET),
            .last = {value_int8(answer, row, LAST_OFFSET),
                     value_int8(answer, row, LAST_TIMESTAMP_MS),
                     value_int8(answer, row, LAST_HASH)},
            .cluster_id = value_bytes(answer, row, CLUSTER_ID),
        };
    }
    *out = positions;
    return DONE;
}

int model_keys(struct model_reader *reader, const struct job_key *behind, struct slice organization,
               size_t max, const struct job_key **out, size_t *count, struct err *err)
{
    const struct slice first = SLICE_LITERAL("");
    struct answered *answered = &reader->keys;
    struct parameters *parameters = &reader->parameters;
    struct job_key *keys;
    int rc;

    parameters_clear(parameters);
    parameters_add_bytes(parameters, behind ? behind->job_id : first);
    parameters_add_bytes(parameters, behind ? behind->organization_id : first);
    parameters_add_bytes(parameters, organization);
    parameters_add_int8(parameters, (int64_t)max);
    rc = ask_many(reader, "verify_keys", parameters, answered, sizeof *keys, count, err);
    if (rc)
        return rc;
    keys = answered->items;
    for (size_t i = 0; i < *count; i++)
        keys[i] = (struct job_key){.job_id = value_bytes(answered->answer, (int)i, 0),
                                   .organization_id = value_bytes(answered->answer, (int)i, 1)};
    *out = keys;
    return DONE;
}

int model_rows(struct model_reader *reader, const struct job_key *keys, size_t count,
               const struct stored_row **out, size_t *found, struct err *err)
{
    const struct strided items = STRIDED(keys, count);
    struct answered *answered = &reader->rows;
    struct parameters *parameters = &reader->parameters;
    struct stored_row *rows;
    int rc;

    parameters_clear(parameters);
    column_texts(parameters, items, offsetof(struct job_key, job_id));
    column_texts(parameters, items, offsetof(struct job_key, organization_id));
    rc = ask_many(reader, "rows_read", parameters, answered, sizeof *rows, found, err);
    if (rc)
        return rc;
    rows = answered->items;
    for (size_t i = 0; i < *found; i++)
        row_columns_read(answered->answer, (int)i, &rows[i]);
    *out = rows;
    return DONE;
}

int model_dead_letters(struct model_reader *reader, const struct source *source, int64_t from,
                       int64_t before, struct put_aside *out, size_t max, size_t *count,
                       struct err *err)
{
    struct parameters *parameters = &reader->parameters;
    PGresult *answer = NULL;
    int rc;

    parameters_clear(parameters);
    parameters_add_bytes(parameters, source->topic);
    parameters_add_int4(parameters, source->partition);
    parameters_add_int8(parameters, from);
    parameters_add_int8(parameters, before);
    parameters_add_int8(parameters, (int64_t)max);
    rc = ask(reader, "verify_dead_letters", parameters, &answer, err);
    *count = rc ? 0 : (size_t)PQntuples(answer);
    for (size_t i = 0; i < *count; i++)
        out[i] = (struct put_aside){value_int8(answer, (int)i, 0), value_int8(answer, (int)i, 1)};
    PQclear(answer);
    return rc;
}

int model_jobs_about(struct model_reader *reader, int64_t *out, struct err *err)
{
    PGresult *answer = NULL;
    int rc = ask(reader, "verify_jobs_about", NULL, &answer, err);

    if (!rc)
        *out = value_int8(answer, 0, 0);
    PQclear(answer);
    return rc;
}

int model_totals(struct model_reader *reader, struct slice organization,
                 const struct model_totals_visitor *visitor, struct err *err)
{
    struct parameters *parameters = &reader->parameters;
    PGresult *answer = NULL;
    int rc;

    parameters_clear(parameters);
    parameters_add_bytes(parameters, organization);
    // It counts all rows, which may take longer than any other question.
    rc = link_ask(reader->connection, "verify_totals", parameters, LINK_NO_TIMEOUT, &answer, err);
    for (int row = 0; !rc && row < PQntuples(answer); row++) {
        const struct model_total total = {
            .organization_id = value_bytes(answer, row, ORGANIZATION_ID),
            .type = value_bytes(answer, row, TYPE),
            .status = (enum job_status)value_int4(answer, row, STATUS),
            .kept = value_int8(answer, row, KEPT),
            .counted = value_int8(answer, row, COUNTED),
        };

        rc = visitor->visit(visitor->self, &total, err);
    }
    PQclear(answer);
    return rc;
}
