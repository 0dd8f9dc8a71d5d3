// SPDX-License-Identifier: Apache-2.0
// What the store's tests share: a database a test, a store driven until it answers, rows to write
// and single values read back over a connection of their own. Everything asserts.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libpq-fe.h>

#include "store/operator/migrate.h"
#include "store/projection/batch_store.h"
#include "store/source/position_store.h"
#include "support/postgres.h"

struct harness {
    struct postgres *postgres;
    char database[32], conninfo[256];
    char migrated_template[32]; // what harness_open copies; "": none yet
    int databases;
    struct batch_store *store;
    PGconn *side; // a superuser's, blocking
};

// Group setup and teardown: one cluster for the program.
int harness_start(void **state);
int harness_stop(void **state);
// Setup and teardown of a test: a migrated database, a connected store, a side connection.
int harness_open(void **state);
int harness_close(void **state);
// The same without the migrations and without a store.
int harness_open_empty(void **state);

struct batch_store *harness_store(struct harness *harness, int transaction_timeout_ms);
// Polls until the thing under way is done; *err tells of a failure.
int harness_drive(struct batch_store *store, enum store_state *state,
                  const struct stored_row **rows, size_t *count, struct err *err);
int harness_write(struct batch_store *store, const struct batch_write *batch, struct err *err);
// Asserts that a batch is written.
void harness_written(struct batch_store *store, const struct batch_write *batch);
// Reads keys and asserts the answer's number.
const struct stored_row *harness_read(struct batch_store *store, const struct job_key *keys,
                                      size_t count, bool lock, size_t expected);

// Runs a statement, asserting that it works.
void harness_run(PGconn *connection, const char *sql);
// The SQLSTATE with which a statement fails; "00000" if it works.
const char *harness_sqlstate(PGconn *connection, const char *sql);
// The first value of an answer as text; lives until the next call.
const char *harness_value(PGconn *connection, const char *sql);
int64_t harness_number(PGconn *connection, const char *sql);

// A plausible new row; its texts live as long as id.
struct row_write harness_row(const char *organization_id, const char *job_id, int64_t revision);
struct position_move harness_move(const char *topic, int64_t from, int64_t to);
// Records that a topic of events' first partition begins at 0, or where any source begins, in
// cluster-1.
void harness_source(const struct harness *harness, const char *topic);
void harness_begin_source(const struct harness *harness, enum position_log log,
                          struct source source, int64_t next_offset);
// What is recorded of it; its cluster's id lives until the next call.
struct stored_position harness_position(const struct harness *harness, enum position_log log,
                                        struct source source);
bool harness_columns_equal(const struct job_columns *a, const struct job_columns *b);
