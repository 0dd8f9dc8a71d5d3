// SPDX-License-Identifier: Apache-2.0
// A made PostgreSQL as struct store_port has it: transactions, row locks, answers that take their
// time, and every way to fail: deadlocks, connections cut with the commit's fate unknown, a commit
// that goes through after its connection is gone, a crash that takes the last commits along.
// It checks what each batch owes, and keeps the first fault it finds.
#pragma once

#include "sim/made_database.h"

enum { SIM_MEMBERS = 3, GHOSTS_MAX = 8 };

struct made_connection;

// What of our own bookkeeping the server refuses, until somebody mends it: a sequence that is
// spent, a constraint or trigger that somebody added. No event is to blame.
enum made_refusal {
    REFUSES_NOTHING,
    REFUSES_DEAD_LETTERS,
    REFUSES_ROWS,
    REFUSES_POSITIONS,
    MADE_REFUSAL_COUNT,
};

// A committed write whose connection was cut before the server came to it.
struct ghost {
    struct batch_write write;
    struct arena arena;
};

struct made_server {
    struct made_database now;     // what a transaction sees
    struct made_database durable; // what a crash leaves
    struct arena arena;           // row versions
    struct dice *dice;
    const struct made_log *log;
    struct made_connection *connections[SIM_MEMBERS];
    struct ghost ghosts[GHOSTS_MAX];
    size_t ghost_count;
    bool troubled; // failures happen
    enum made_refusal refusal;
    bool alone; // one member, and nothing but it has ever written
    size_t commits, failures;
    char fault[512]; // empty: none; a batch did what it must not
};

enum exchange { EXCHANGE_NONE, EXCHANGE_READ, EXCHANGE_WRITE };

struct made_connection {
    struct made_server *server;
    struct store_port port;
    bool alive;
    enum exchange exchange;
    size_t delay; // polls before something happens
    bool committed;

    struct arena asked;         // what was asked, copied
    const struct job_key *keys; // EXCHANGE_READ
    size_t key_count;           //
    bool lock;                  //
    struct batch_write write;   // EXCHANGE_WRITE
    struct arena answered;      // valid until the next call
    struct stored_row *rows;    //
    bool locked[SIM_JOBS_MAX];  // rows held by the transaction that is open
};

void made_server_init(struct made_server *server, const struct made_log *log, struct dice *dice);
void made_server_close(struct made_server *server);
void made_connection_init(struct made_connection *connection, struct made_server *server,
                          size_t member);
void made_connection_close(struct made_connection *connection);
// A new connection in place of a dead one.
void made_connection_open(struct made_connection *connection);
// The connection is gone; a write under way may have gone through, or may still do.
void made_connection_cut(struct made_connection *connection);
// The server dies and comes back: without its last commits, and all connections are dead.
void made_server_crash(struct made_server *server);
// Everything committed so far survives a crash.
void made_server_flush(struct made_server *server);
// One of the ghosts' writes is executed, if there is any.
void made_server_run_ghost(struct made_server *server);
// Somebody else (a dead letter tried again) folds one event, and flushes. False while the row is
// locked.
bool made_server_retry_event(struct made_server *server, const struct event *event,
                             int64_t revision);

// What an event that PostgreSQL refuses has in its message.
#define MADE_REFUSED_MARK "what PostgreSQL refuses"
