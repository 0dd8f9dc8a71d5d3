// SPDX-License-Identifier: Apache-2.0
// The port: a connection's exchanges, their delays and failures. What a transaction does is in
// made_transaction.c.
#include "sim/made_store.h"

#include <stdlib.h>

#include "sim/made_transaction.h"

enum { DELAY_MAX = 4, FAILURE_PERCENT = 2 };

static void unlock_all(struct made_connection *connection)
{
    memset(connection->locked, 0, sizeof connection->locked);
}

// The exchange is over and its transaction, too.
static int fail(struct made_connection *connection, enum disposition disposition,
                const char *reason, struct err *err)
{
    connection->exchange = EXCHANGE_NONE;
    connection->server->failures++;
    unlock_all(connection);
    return err_set(err, disposition, reason, "the made PostgreSQL says %s", reason);
}

static bool has_trouble(struct made_connection *connection)
{
    return connection->server->troubled && dice_percent(connection->server->dice, FAILURE_PERCENT);
}

static int begin(struct made_connection *connection, enum exchange exchange, struct err *err)
{
    if (connection->exchange != EXCHANGE_NONE)
        made_fault(connection->server, "a second thing was asked while one is under way");
    arena_reset(&connection->answered);
    if (!connection->alive)
        return fail(connection, RETRY, "CONNECTION_LOST", err);
    arena_reset(&connection->asked);
    connection->exchange = exchange;
    connection->committed = false;
    connection->delay = dice_below(connection->server->dice, DELAY_MAX);
    return DONE;
}

static void *array_copy(struct arena *arena, const void *from, size_t count, size_t element_size)
{
    void *copy = arena_alloc(arena, count * element_size + 1);

    if (!copy)
        abort();
    if (count)
        memcpy(copy, from, count * element_size);
    return copy;
}

static void text_copy(struct arena *arena, struct slice *text)
{
    if (!arena_copy(arena, *text, text))
        abort();
}

static int read_rows(void *self, const struct job_key *keys, size_t count, bool lock,
                     struct err *err)
{
    struct made_connection *connection = self;
    int rc = begin(connection, EXCHANGE_READ, err);
    struct job_key *copy;

    if (rc)
        return rc;
    copy = array_copy(&connection->asked, keys, count, sizeof *keys);
    for (size_t i = 0; i < count; i++) {
        text_copy(&connection->asked, &copy[i].job_id);
        text_copy(&connection->asked, &copy[i].organization_id);
        if (i > 0 && job_key_compare(&copy[i - 1], &copy[i]) >= 0)
            made_fault(connection->server, "keys to read are not sorted, or one comes twice");
    }
    connection->keys = copy;
    connection->key_count = count;
    connection->lock = lock;
    return has_trouble(connection) ? fail(connection, RETRY, "READ_FAILED", err) : DONE;
}

// What ports.h says is borrowed for the call alone.
static struct batch_write write_copy(struct arena *arena, const struct batch_write *from)
{
    struct batch_write copy = *from;
    struct position_move *moves = array_copy(arena, from->moves, from->move_count, sizeof *moves);
    struct row_write *rows = array_copy(arena, from->rows, from->row_count, sizeof *rows);
    struct count_delta *counts = array_copy(arena, from->counts, from->count_count, sizeof *counts);
    struct dead_letter *letters =
        array_copy(arena, from->dead_letters, from->dead_letter_count, sizeof *letters);
    struct log_end_seen *ends =
        array_copy(arena, from->log_ends, from->log_end_count, sizeof *ends);

    for (size_t i = 0; i < from->move_count; i++)
        text_copy(arena, &moves[i].source.topic);
    for (size_t i = 0; i < from->row_count; i++)
        made_columns_copy(&rows[i].columns, arena);
    for (size_t i = 0; i < from->count_count; i++) {
        text_copy(arena, &counts[i].organization_id);
        text_copy(arena, &counts[i].type);
    }
    for (size_t i = 0; i < from->dead_letter_count; i++)
        text_copy(arena, &letters[i].source.topic);
    for (size_t i = 0; i < from->log_end_count; i++)
        text_copy(arena, &ends[i].source.topic);
    copy.moves = moves;
    copy.rows = rows;
    copy.counts = counts;
    copy.dead_letters = letters;
    copy.log_ends = ends;
    return copy;
}

static int write_batch(void *self, const struct batch_write *batch, struct err *err)
{
    struct made_connection *connection = self;
    int rc = begin(connection, EXCHANGE_WRITE, err);

    if (rc)
        return rc;
    connection->write = write_copy(&connection->asked, batch);
    made_batch_check(connection->server, &connection->write);
    return has_trouble(connection) ? fail(connection, RETRY, "WRITE_FAILED", err) : DONE;
}

// What a read answers; false while somebody holds a row that it wants to lock.
static bool answer_read(struct made_connection *connection, size_t *count)
{
    struct made_database *now = &connection->server->now;
    struct stored_row *rows =
        arena_alloc(&connection->answered, (connection->key_count + 1) * sizeof *rows);
    bool wanted[SIM_JOBS_MAX] = {0};

    if (!rows)
        abort();
    *count = 0;
    for (size_t i = 0; i < connection->key_count; i++) {
        size_t at = made_database_find(now, &connection->keys[i]);

        if (at == now->row_count)
            continue;
        if (connection->lock && made_row_is_locked(connection->server, at, connection))
            return false;
        wanted[at] = connection->lock;
        rows[*count] = *now->rows[at];
        made_columns_copy(&rows[(*count)++].columns, &connection->answered);
    }
    for (size_t at = 0; at < SIM_JOBS_MAX; at++)
        connection->locked[at] |= wanted[at];
    connection->rows = rows;
    return true;
}

static int go_on_writing(struct made_connection *connection, enum store_state *state,
                         struct err *err)
{
    struct made_server *server = connection->server;
    const char *reason = NULL;
    int rc;

    if (connection->committed) {
        connection->exchange = EXCHANGE_NONE;
        *state = STORE_WRITTEN;
        return DONE;
    }
    *state = STORE_BUSY;
    if (made_batch_must_wait(server, &connection->write, connection))
        return DONE;
    if (has_trouble(connection))
        return fail(connection, RETRY, "DEADLOCK", err);
    rc = made_batch_apply(server, &connection->write, &reason);
    if (rc)
        return fail(connection, (enum disposition)rc, reason, err);
    // Committed, but the answer is still on its way.
    unlock_all(connection);
    connection->committed = true;
    connection->delay = dice_below(server->dice, DELAY_MAX);
    return DONE;
}

static int poll_store(void *self, enum store_state *state, const struct stored_row **rows,
                      size_t *count, struct err *err)
{
    struct made_connection *connection = self;

    arena_reset(&connection->answered);
    *state = STORE_IDLE;
    if (connection->exchange == EXCHANGE_NONE)
        return DONE;
    if (!connection->alive)
        return fail(connection, RETRY, "CONNECTION_LOST", err);
    *state = STORE_BUSY;
    if (connection->delay > 0) {
        connection->delay--;
        return DONE;
    }
    if (connection->exchange == EXCHANGE_WRITE)
        return go_on_writing(connection, state, err);
    if (!answer_read(connection, count))
        return DONE;
    connection->exchange = EXCHANGE_NONE;
    *state = STORE_ROWS;
    *rows = connection->rows;
    return DONE;
}

void made_connection_init(struct made_connection *connection, struct made_server *server,
                          size_t member)
{
    *connection = (struct made_connection){
        .server = server,
        .port = {.self = connection,
                 .read_rows = read_rows,
                 .write_batch = write_batch,
                 .poll = poll_store},
        .alive = true,
    };
    server->connections[member] = connection;
}

void made_connection_close(struct made_connection *connection)
{
    arena_reset(&connection->asked);
    arena_reset(&connection->answered);
}

void made_connection_open(struct made_connection *connection)
{
    connection->alive = true;
    connection->exchange = EXCHANGE_NONE;
    unlock_all(connection);
}

static void haunt(struct made_server *server, const struct batch_write *write)
{
    struct ghost *ghost = &server->ghosts[server->ghost_count];

    if (server->ghost_count == GHOSTS_MAX)
        return;
    server->ghost_count++;
    arena_init(&ghost->arena);
    ghost->write = write_copy(&ghost->arena, write);
}

void made_connection_cut(struct made_connection *connection)
{
    struct made_server *server = connection->server;
    const char *reason;

    if (!connection->alive)
        return;
    server->alone = false;
    if (connection->exchange == EXCHANGE_WRITE && !connection->committed) {
        bool waits = made_batch_must_wait(server, &connection->write, connection);

        switch (dice_below(server->dice, 3)) {
        case 0:
            if (!waits)
                made_batch_apply(server, &connection->write, &reason);
            break;
        case 1:
            haunt(server, &connection->write);
            break;
        default:
            break;
        }
    }
    connection->alive = false;
    unlock_all(connection);
}

void made_server_init(struct made_server *server, const struct made_log *log, struct dice *dice)
{
    *server = (struct made_server){.log = log, .dice = dice};
    arena_init(&server->arena);
    for (size_t i = 0; i < SIM_PARTITIONS; i++) {
        server->now.positions[i].last_offset = -1;
        server->now.caught_up_at_us[i] = TIME_NONE;
    }
    server->durable = server->now;
}

void made_server_close(struct made_server *server)
{
    for (size_t i = 0; i < server->ghost_count; i++)
        arena_reset(&server->ghosts[i].arena);
    arena_reset(&server->arena);
}

void made_server_flush(struct made_server *server)
{
    server->durable = server->now;
}

void made_server_crash(struct made_server *server)
{
    server->now = server->durable;
    server->alone = false;
    for (size_t i = 0; i < server->ghost_count; i++)
        arena_reset(&server->ghosts[i].arena);
    server->ghost_count = 0;
    for (size_t i = 0; i < SIM_MEMBERS; i++) {
        server->connections[i]->alive = false;
        unlock_all(server->connections[i]);
    }
}

void made_server_run_ghost(struct made_server *server)
{
    struct ghost *ghost;
    const char *reason;

    if (!server->ghost_count)
        return;
    ghost = &server->ghosts[dice_below(server->dice, server->ghost_count)];
    if (made_batch_must_wait(server, &ghost->write, NULL))
        return;
    made_batch_apply(server, &ghost->write, &reason);
    arena_reset(&ghost->arena);
    *ghost = server->ghosts[--server->ghost_count];
}
