// SPDX-License-Identifier: Apache-2.0
// Two workers at the same rows, at once and over and over: no deadlock, no lost write, and totals
// that equal a recount.
#include "store/harness.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WRITERS = 2, ROUNDS = 40, ROWS = 200, STATUSES = JOB_STATUSES };

struct writer {
    struct batch_store *store;
    const char *topic;
    int32_t shard;
    unsigned seed;
    int conflicts;
    char failure[600]; // empty: none
};

static void fail_writer(struct writer *writer, const struct err *err)
{
    snprintf(writer->failure, sizeof writer->failure, "%s: %s", err->reason, err->text);
}

// Reads the rows with a lock and moves each to another status, or creates it.
static bool read_rows(struct writer *writer, char ids[ROWS][8], struct row_write *rows,
                      int64_t deltas[STATUSES], struct err *err)
{
    const struct store_port *port = batch_store_port(writer->store);
    const struct stored_row *found = NULL;
    enum store_state state;
    struct job_key keys[ROWS];
    size_t count = 0, next = 0;

    for (size_t i = 0; i < ROWS; i++)
        keys[i] = (struct job_key){slice_of("acme"), slice_of(ids[i])};
    if (port->read_rows(port->self, keys, ROWS, true, err) ||
        harness_drive(writer->store, &state, &found, &count, err))
        return false;
    for (size_t i = 0; i < ROWS; i++) {
        rows[i] = harness_row("acme", ids[i], rand_r(&writer->seed));
        rows[i].columns.status = (enum job_status)(rand_r(&writer->seed) % STATUSES);
        if (next < count && slice_equal(found[next].columns.key.job_id, keys[i].job_id)) {
            rows[i].is_known = true;
            rows[i].base_revision = found[next].revision;
            deltas[found[next++].columns.status]--;
        }
        deltas[rows[i].columns.status]++;
    }
    return true;
}

static bool write_round(struct writer *writer, int64_t *offset)
{
    char ids[ROWS][8];
    struct row_write rows[ROWS];
    int64_t deltas[STATUSES] = {0};
    struct count_delta counts[STATUSES];
    struct position_move move = harness_move(writer->topic, *offset, *offset + 1);
    struct batch_write batch = {.moves = &move,
                                .move_count = 1,
                                .rows = rows,
                                .row_count = ROWS,
                                .counts = counts,
                                .count_shard = writer->shard};
    struct err err = {0};
    size_t first = (size_t)rand_r(&writer->seed) % ROWS;

    for (size_t i = 0; i < ROWS; i++)
        snprintf(ids[i], sizeof ids[i], "%06zu", (first + i) % 1000000);
    if (read_rows(writer, ids, rows, deltas, &err)) {
        for (size_t i = 0; i < STATUSES; i++)
            if (deltas[i])
                counts[batch.count_count++] = (struct count_delta){
                    slice_of("acme"), slice_of("Load"), (enum job_status)i, deltas[i]};
        if (!harness_write(writer->store, &batch, &err)) {
            ++*offset;
            return true;
        }
    }
    // The other may insert between our read and our write: fold again.
    if (err.disposition == RETRY && !strcmp(err.reason, STORE_ROW_REPLACED)) {
        writer->conflicts++;
        return true;
    }
    fail_writer(writer, &err);
    return false;
}

static void *write_all(void *argument)
{
    struct writer *writer = argument;
    int64_t offset = 0;

    while (offset < ROUNDS && write_round(writer, &offset))
        ;
    return NULL;
}

static void totals_equal_a_recount(void **state)
{
    static const char *const topics[WRITERS] = {"one", "two"};
    struct harness *harness = *state;
    struct writer writers[WRITERS] = {0};
    pthread_t threads[WRITERS];

    for (size_t i = 0; i < WRITERS; i++) {
        harness_source(harness, topics[i]);
        writers[i] = (struct writer){.store = harness_store(harness, 10000),
                                     .topic = topics[i],
                                     .shard = (int32_t)i,
                                     .seed = (unsigned)i + 1};
        assert_int_equal(pthread_create(&threads[i], NULL, write_all, &writers[i]), 0);
    }
    for (size_t i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        assert_string_equal(writers[i].failure, "");
        batch_store_free(writers[i].store);
    }
    assert_int_equal(harness_number(harness->side, "SELECT deadlocks FROM pg_stat_database,"
                                                   " pg_sleep(1.2)"
                                                   " WHERE datname = current_database()"),
                     0);
    assert_int_equal(harness_number(harness->side, "SELECT count(*) FROM jobtrail.change"),
                     WRITERS * ROUNDS);
    assert_int_equal(
        harness_number(harness->side,
                       "SELECT count(*) FROM (SELECT organization_id, type, status, count(*) AS n"
                       " FROM jobtrail.job GROUP BY 1, 2, 3) AS recount FULL JOIN"
                       " jobtrail.job_count USING (organization_id, type, status, n)"
                       " WHERE recount.n IS NULL OR job_count.n IS NULL"),
        0);
    assert_true(harness_number(harness->side, "SELECT count(*) FROM jobtrail.job_count") > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(totals_equal_a_recount, harness_open, harness_close),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
