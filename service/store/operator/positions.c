// SPDX-License-Identifier: Apache-2.0
#include "store/operator/positions.h"

#include "store/connection/link.h"
#include "store/connection/values.h"

#define WHO "jobtrail positions"

enum position_column {
    TOPIC,
    PARTITION,
    NEXT_OFFSET,
    LAST_OFFSET,
    LAST_TIMESTAMP_MS,
    LAST_HASH,
    LOG_END,
    LOG_END_SEEN_AT,
    CAUGHT_UP_AT,
    UPDATED_AT,
    CLUSTER_ID,
    OWNER,
};

static struct source_standing read_standing(const PGresult *answer, int row)
{
    struct source_standing standing = {
        .source = {value_bytes(answer, row, TOPIC), value_int4(answer, row, PARTITION)},
        .position = {.next_offset = value_int8(answer, row, NEXT_OFFSET),
                     .last_offset = value_int8(answer, row, LAST_OFFSET),
                     .last_timestamp_ms = value_int8(answer, row, LAST_TIMESTAMP_MS),
                     .last_hash = value_int8(answer, row, LAST_HASH)},
        .log_end = -1,
        .lag = -1,
        .log_end_seen_at_us = value_time(answer, row, LOG_END_SEEN_AT),
        .caught_up_at_us = value_time(answer, row, CAUGHT_UP_AT),
        .updated_at_us = value_time(answer, row, UPDATED_AT),
        .cluster_id = value_bytes(answer, row, CLUSTER_ID),
        .owner = value_bytes(answer, row, OWNER),
    };

    if (PQgetisnull(answer, row, NEXT_OFFSET))
        standing.position.next_offset = -1;
    if (!PQgetisnull(answer, row, LOG_END)) {
        standing.log_end = value_int8(answer, row, LOG_END);
        if (standing.position.next_offset >= 0)
            standing.lag = standing.log_end - standing.position.next_offset;
    }
    return standing;
}

int positions_list(const char *conninfo, const struct positions_visitor *visitor, struct err *err)
{
    PGconn *connection = link_open(conninfo, WHO, LINK_CONNECT_TIMEOUT_MS, NULL, err);
    PGresult *answer = NULL;
    int rc;

    if (!connection)
        return (int)err->disposition;
    rc = link_ask(connection, "positions_list", NULL, LINK_QUERY_TIMEOUT_MS, &answer, err);
    for (int row = 0; !rc && row < PQntuples(answer); row++) {
        struct source_standing standing = read_standing(answer, row);

        visitor->visit(visitor->self, &standing);
    }
    PQclear(answer);
    PQfinish(connection);
    return rc;
}

int positions_forget(const char *conninfo, enum position_log log, struct slice topic,
                     const struct positions_visitor *visitor, struct err *err)
{
    const char *query = log == POSITIONS_OF_EVENTS ? "positions_forget" : "cancel_positions_forget";
    PGconn *connection = link_open(conninfo, WHO, LINK_CONNECT_TIMEOUT_MS, NULL, err);
    struct parameters parameters;
    PGresult *answer = NULL;
    int rc;

    if (!connection)
        return (int)err->disposition;
    parameters_init(&parameters);
    parameters_add_bytes(&parameters, topic);
    rc = link_ask(connection, "session_writes", NULL, LINK_QUERY_TIMEOUT_MS, NULL, err);
    if (!rc)
        rc = link_ask(connection, query, &parameters, LINK_QUERY_TIMEOUT_MS, &answer, err);
    for (int row = 0; !rc && row < PQntuples(answer); row++) {
        const struct source_standing standing = {
            .source = {value_bytes(answer, row, TOPIC), value_int4(answer, row, PARTITION)},
            .position.next_offset = value_int8(answer, row, NEXT_OFFSET)};

        visitor->visit(visitor->self, &standing);
    }
    PQclear(answer);
    parameters_free(&parameters);
    PQfinish(connection);
    return rc;
}

int positions_set(const char *conninfo, enum position_log log, const struct source *source,
                  int64_t next_offset, int64_t *before, struct err *err)
{
    const char *query = log == POSITIONS_OF_EVENTS ? "position_set" : "cancel_position_set";
    PGconn *connection;
    PGresult *answer = NULL;
    struct parameters parameters;
    int rc;

    if (next_offset < 0 || source->partition < 0)
        return err_set(err, POISON, "DATA_REFUSED", "a partition and an offset are 0 or more");
    connection = link_open(conninfo, WHO, LINK_CONNECT_TIMEOUT_MS, NULL, err);
    if (!connection)
        return (int)err->disposition;
    parameters_init(&parameters);
    parameters_add_bytes(&parameters, source->topic);
    parameters_add_int4(&parameters, source->partition);
    parameters_add_int8(&parameters, next_offset);
    rc = link_ask(connection, "session_writes", NULL, LINK_QUERY_TIMEOUT_MS, NULL, err);
    if (!rc)
        rc = link_ask(connection, query, &parameters, LINK_QUERY_TIMEOUT_MS, &answer, err);
    if (!rc && before)
        *before = PQgetisnull(answer, 0, 0) ? -1 : value_int8(answer, 0, 0);
    PQclear(answer);
    parameters_free(&parameters);
    PQfinish(connection);
    return rc;
}
