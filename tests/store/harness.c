// SPDX-License-Identifier: Apache-2.0
#include "store/harness.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 10000 };

int harness_start(void **state)
{
    struct harness *harness = calloc(1, sizeof *harness);

    assert_non_null(harness);
    *state = harness;
    harness->postgres = postgres_start();
    assert_non_null(harness->postgres);
    return 0;
}

int harness_stop(void **state)
{
    struct harness *harness = *state;

    postgres_stop(harness->postgres);
    free(harness);
    return 0;
}

static void create_database(struct harness *harness, const char *template)
{
    snprintf(harness->database, sizeof harness->database, "test_%d", harness->databases++);
    assert_true(postgres_create_database(harness->postgres, harness->database, template));
    snprintf(harness->conninfo, sizeof harness->conninfo, "%s",
             postgres_conninfo(harness->postgres, harness->database));
}

static void create_migrated_template(struct harness *harness)
{
    struct err err = {0};

    create_database(harness, "template1");
    if (migrate(harness->conninfo, false, NULL, &err))
        fail_msg("migrate: %s: %s", err.reason, err.text);
    memcpy(harness->migrated_template, harness->database, sizeof harness->migrated_template);
}

static void connect_side(struct harness *harness)
{
    harness->side = PQconnectdb(harness->conninfo);
    assert_int_equal(PQstatus(harness->side), CONNECTION_OK);
}

int harness_open_empty(void **state)
{
    create_database(*state, "template1");
    connect_side(*state);
    return 0;
}

int harness_open(void **state)
{
    struct harness *harness = *state;

    if (!*harness->migrated_template)
        create_migrated_template(harness);
    create_database(harness, harness->migrated_template);
    connect_side(harness);
    harness->store = harness_store(harness, TIMEOUT_MS);
    return 0;
}

int harness_close(void **state)
{
    struct harness *harness = *state;

    batch_store_free(harness->store);
    harness->store = NULL;
    PQfinish(harness->side);
    harness->side = NULL;
    return 0;
}

struct batch_store *harness_store(struct harness *harness, int transaction_timeout_ms)
{
    struct connection_options options = {.conninfo = harness->conninfo,
                                         .application_name = "store test",
                                         .owner = "tester",
                                         .connect_timeout_ms = TIMEOUT_MS,
                                         .statement_timeout_ms = TIMEOUT_MS,
                                         .transaction_timeout_ms = transaction_timeout_ms};
    struct err err = {0};
    struct batch_store *store = batch_store_new(&options, &err);

    assert_non_null(store);
    if (batch_store_connect(store, &err))
        fail_msg("connect: %s: %s", err.reason, err.text);
    return store;
}

int harness_drive(struct batch_store *store, enum store_state *state,
                  const struct stored_row **rows, size_t *count, struct err *err)
{
    const struct store_port *port = batch_store_port(store);

    for (;;) {
        struct pollfd socket = {.events = POLLIN};
        bool wants_write;
        int rc = port->poll(port->self, state, rows, count, err);

        if (rc || *state != STORE_BUSY)
            return rc;
        socket.fd = batch_store_socket(store, &wants_write);
        assert_true(socket.fd >= 0);
        if (wants_write)
            socket.events |= POLLOUT;
        poll(&socket, 1, 100);
    }
}

int harness_write(struct batch_store *store, const struct batch_write *batch, struct err *err)
{
    const struct store_port *port = batch_store_port(store);
    const struct stored_row *rows;
    enum store_state state;
    size_t count;
    int rc = port->write_batch(port->self, batch, err);

    if (!rc)
        rc = harness_drive(store, &state, &rows, &count, err);
    if (!rc)
        assert_int_equal(state, STORE_WRITTEN);
    return rc;
}

void harness_written(struct batch_store *store, const struct batch_write *batch)
{
    struct err err = {0};

    if (harness_write(store, batch, &err))
        fail_msg("write: %s: %s", err.reason, err.text);
}

const struct stored_row *harness_read(struct batch_store *store, const struct job_key *keys,
                                      size_t count, bool lock, size_t expected)
{
    const struct store_port *port = batch_store_port(store);
    const struct stored_row *rows = NULL;
    enum store_state state = STORE_IDLE;
    size_t found = 0;
    struct err err = {0};
    int rc = port->read_rows(port->self, keys, count, lock, &err);

    if (!rc)
        rc = harness_drive(store, &state, &rows, &found, &err);
    if (rc)
        fail_msg("read: %s: %s", err.reason, err.text);
    assert_int_equal(state, STORE_ROWS);
    assert_int_equal(found, expected);
    return rows;
}

void harness_run(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(connection));
    PQclear(result);
}

const char *harness_sqlstate(PGconn *connection, const char *sql)
{
    static char code[6];
    PGresult *result = PQexec(connection, sql);
    const char *found = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    snprintf(code, sizeof code, "%s", found ? found : "00000");
    PQclear(result);
    return code;
}

const char *harness_value(PGconn *connection, const char *sql)
{
    static char value[4096];
    PGresult *result = PQexec(connection, sql);

    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) < 1)
        fail_msg("%s: %s", sql, PQerrorMessage(connection));
    snprintf(value, sizeof value, "%s",
             PQgetisnull(result, 0, 0) ? "null" : PQgetvalue(result, 0, 0));
    PQclear(result);
    return value;
}

int64_t harness_number(PGconn *connection, const char *sql)
{
    return strtoll(harness_value(connection, sql), NULL, 10);
}

struct row_write harness_row(const char *organization_id, const char *job_id, int64_t revision)
{
    return (struct row_write){.columns = {.key = {slice_of(organization_id), slice_of(job_id)},
                                          .status = STATUS_RUNNING,
                                          .attempt = 1,
                                          .progress = 40,
                                          .type = SLICE_LITERAL("Load"),
                                          .creator_id = SLICE_LITERAL("ada"),
                                          .message = SLICE_LITERAL("half way: ½"),
                                          .error_code = SLICE_NULL,
                                          .error_detail = SLICE_NULL,
                                          .result_uri = SLICE_NULL,
                                          .creator_disputed = false,
                                          .cancellable = true,
                                          .created_at_us = INT64_C(1700000000123456),
                                          .started_at_us = INT64_C(1700000001000000),
                                          .finished_at_us = TIME_NONE,
                                          .updated_at_us = INT64_C(1700000002000001),
                                          .state = SLICE_LITERAL("\0\1\2state"),
                                          .history = SLICE_LITERAL("\1\0\0\0")},
                              .revision = revision};
}

struct position_move harness_move(const char *topic, int64_t from, int64_t to)
{
    return (struct position_move){
        .source = {slice_of(topic), 0},
        .expected_next_offset = from,
        .to = {.next_offset = to, .last_offset = to - 1, .last_timestamp_ms = 77, .last_hash = -5},
        .first = {.offset = from, .timestamp_ms = 76, .hash = -6}};
}

static struct position_store *positions_of(const struct harness *harness, enum position_log log)
{
    const struct connection_options options = {.conninfo = harness->conninfo,
                                               .application_name = "test",
                                               .owner = "tester",
                                               .connect_timeout_ms = 10000,
                                               .statement_timeout_ms = 10000,
                                               .transaction_timeout_ms = 10000};
    struct err err;
    struct position_store *store = position_store_new(&options, log, &err);

    assert_non_null(store);
    return store;
}

void harness_begin_source(const struct harness *harness, enum position_log log,
                          struct source source, int64_t next_offset)
{
    const struct position_begin begin = {source, {.next_offset = next_offset, .last_offset = -1}};
    struct position_store *store = positions_of(harness, log);
    struct err err;

    if (position_store_create(store, &begin, 1, "cluster-1", &err))
        fail_msg("create: %s: %s", err.reason, err.text);
    position_store_free(store);
}

void harness_source(const struct harness *harness, const char *topic)
{
    harness_begin_source(harness, POSITIONS_OF_EVENTS, (struct source){slice_of(topic), 0}, 0);
}

struct stored_position harness_position(const struct harness *harness, enum position_log log,
                                        struct source source)
{
    static char cluster[32];
    struct position_store *store = positions_of(harness, log);
    struct stored_position stored;
    struct err err;

    if (position_store_load(store, &source, 1, &stored, &err))
        fail_msg("load: %s: %s", err.reason, err.text);
    if (stored.cluster_id.data) {
        snprintf(cluster, sizeof cluster, "%.*s", (int)stored.cluster_id.size,
                 stored.cluster_id.data);
        stored.cluster_id = slice_of(cluster);
    }
    position_store_free(store);
    return stored;
}

bool harness_columns_equal(const struct job_columns *a, const struct job_columns *b)
{
    return slice_equal(a->key.job_id, b->key.job_id) &&
           slice_equal(a->key.organization_id, b->key.organization_id) && a->status == b->status &&
           a->attempt == b->attempt && a->progress == b->progress &&
           slice_equal(a->type, b->type) && slice_equal(a->creator_id, b->creator_id) &&
           slice_equal(a->message, b->message) && slice_equal(a->error_code, b->error_code) &&
           slice_equal(a->error_detail, b->error_detail) &&
           slice_equal(a->result_uri, b->result_uri) &&
           a->creator_disputed == b->creator_disputed && a->cancellable == b->cancellable &&
           a->created_at_us == b->created_at_us && a->started_at_us == b->started_at_us &&
           a->finished_at_us == b->finished_at_us && a->updated_at_us == b->updated_at_us &&
           slice_equal(a->state, b->state) && slice_equal(a->history, b->history);
}
