// SPDX-License-Identifier: Apache-2.0
// Each step of the gate's transaction is one exchange: one round trip. Whatever fails, no
// transaction stays open: it is rolled back, or the connection dropped.
#include "store/ledger/ledger.h"

#include <stdlib.h>

#include "store/connection/columns.h"
#include "store/connection/session.h"
#include "store/ledger/ledger_query.h"
#include "store/ledger/waiting_query.h"

static const char *const prepared[] = {
    "begin",
    "commit",
    "rollback",
    "ledger_durable",
    "ledger_is_compared",
    "ledger_facts",
    "cancel_positions_move",
    "cancel_log_ends",
    "cancel_commands_add",
    "cancel_commands_renew",
    "cancel_requests_add",
    "cancel_requests_decide",
    "outbox_add_commands",
    "outbox_add_decisions",
    "outbox_notify",
    "change_add",
    "dead_letter_add",
    "transaction_deadline",
    NULL,
};

struct ledger {
    struct session session;
    struct ledger_port port;
    struct gate_facts facts[GATE_BATCH_MAX]; // texts point into the answer below
    struct ledger_rows rows;                 // of the write under way; too large for a stack
    PGresult *answer;                        // owned: of the last read
    PGresult *waiting;                       // owned: what ledger_waiting lent
};

static int begin_asking(struct ledger *ledger, struct err *err)
{
    PQclear(ledger->answer);
    ledger->answer = NULL;
    session_end_transaction(&ledger->session);
    exchange_clear(&ledger->session.exchange);
    return session_need(&ledger->session, err);
}

static int take_facts(struct ledger *ledger, size_t count, struct err *err)
{
    const PGresult *answer = ledger->answer = ledger->session.exchange.answer;
    int rc = DONE;

    ledger->session.exchange.answer = NULL;
    if (!answer || (size_t)PQntuples(answer) != count)
        return err_set(err, RETRY, "SERVER_ERROR", "PostgreSQL answered %d questions of %zu",
                       answer ? PQntuples(answer) : 0, count);
    for (size_t i = 0; !rc && i < count; i++)
        rc = ledger_facts_read(answer, (int)i, &ledger->facts[i], err);
    return rc;
}

static int read_facts(void *self, const struct cancel_request *requests, size_t count,
                      const struct gate_facts **facts, struct err *err)
{
    struct ledger *ledger = self;
    int rc = begin_asking(ledger, err);

    if (rc)
        return rc;
    if (!ledger_query_read(requests, count, &ledger->session.exchange)) {
        exchange_clear(&ledger->session.exchange);
        return err_no_memory(err);
    }
    rc = session_run(&ledger->session, err);
    if (!rc)
        rc = take_facts(ledger, count, err);
    if (rc)
        session_end_transaction(&ledger->session);
    *facts = ledger->facts;
    return rc;
}

static int write_entries(void *self, const struct ledger_write *write, struct err *err)
{
    struct ledger *ledger = self;
    bool queued;
    int rc = session_need(&ledger->session, err);

    if (rc)
        return rc;
    exchange_clear(&ledger->session.exchange);
    queued = ledger_query_write(write, ledger->session.options.owner,
                                ledger->session.options.transaction_timeout_ms, &ledger->rows,
                                &ledger->session.exchange);
    rc = queued ? session_run(&ledger->session, err) : err_no_memory(err);
    if (!queued)
        exchange_clear(&ledger->session.exchange);
    if (rc)
        session_end_transaction(&ledger->session);
    return rc;
}

struct ledger *ledger_new(const struct connection_options *options, struct err *err)
{
    struct ledger *ledger = calloc(1, sizeof *ledger);

    if (!ledger) {
        err_no_memory(err);
        return NULL;
    }
    ledger->port = (struct ledger_port){ledger, read_facts, write_entries};
    if (!session_init(&ledger->session, options, prepared, err)) {
        ledger->session.writes = true;
        return ledger;
    }
    ledger_free(ledger);
    return NULL;
}

void ledger_free(struct ledger *ledger)
{
    if (!ledger)
        return;
    PQclear(ledger->answer);
    PQclear(ledger->waiting);
    session_close(&ledger->session);
    free(ledger);
}

int ledger_connect(struct ledger *ledger, struct err *err)
{
    return session_connect(&ledger->session, err);
}

bool ledger_is_connected(const struct ledger *ledger)
{
    return session_is_connected(&ledger->session);
}

void ledger_notice_end(struct ledger *ledger)
{
    session_notice_end(&ledger->session);
}

const struct ledger_port *ledger_port(struct ledger *ledger)
{
    return &ledger->port;
}

// One question outside any transaction; an error drops the connection.
static int ask(struct ledger *ledger, const char *name, struct parameters *parameters,
               PGresult **answer, struct err *err)
{
    int rc = begin_asking(ledger, err);

    return rc ? rc : session_ask(&ledger->session, name, parameters, answer, err);
}

int ledger_waiting(struct ledger *ledger, const char *const *event_topics, int64_t now_us,
                   struct cancel_request requests[GATE_BATCH_MAX], size_t *count, struct err *err)
{
    struct parameters parameters;
    int rc;

    *count = 0;
    PQclear(ledger->waiting);
    ledger->waiting = NULL;
    waiting_query(&parameters, event_topics, now_us);
    rc = ask(ledger, "cancel_waiting", &parameters, &ledger->waiting, err);
    parameters_free(&parameters);
    if (!rc)
        *count = waiting_query_read(ledger->waiting, requests);
    return rc;
}

int ledger_log_ends(struct ledger *ledger, const struct log_end_seen *ends, size_t count,
                    struct err *err)
{
    struct strided items = STRIDED(ends, count);
    struct parameters parameters;
    int rc = begin_asking(ledger, err);

    if (rc)
        return rc;
    parameters_init(&parameters);
    column_texts(&parameters, items, offsetof(struct log_end_seen, source.topic));
    column_int4s(&parameters, items, offsetof(struct log_end_seen, source.partition));
    column_int8s(&parameters, items, offsetof(struct log_end_seen, log_end));
    rc = session_ask_prepared(&ledger->session, "cancel_log_ends", &parameters, NULL, err);
    parameters_free(&parameters);
    return rc;
}
