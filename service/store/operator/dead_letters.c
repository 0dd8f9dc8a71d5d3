// SPDX-License-Identifier: Apache-2.0
#include "store/operator/dead_letters.h"

#include <stdlib.h>

#include "store/connection/link.h"
#include "store/connection/values.h"
#include "store/operator/dead_letters_private.h"

#define WHO "jobtrail dead-letters"

enum letter_column {
    ID,
    CREATED_AT,
    PUBLISHED_AT,
    TOPIC,
    PARTITION,
    RECORD_OFFSET,
    TIMESTAMP_MS,
    STAGE,
    REASON,
    MESSAGE,
    VALUE_BYTES,
    KEY, // it and what follows: of dead_letter_show alone
    VALUE,
};

static struct kept_dead_letter read_letter(const PGresult *answer, int row)
{
    return (struct kept_dead_letter){
        .id = value_int8(answer, row, ID),
        .created_at_us = value_time(answer, row, CREATED_AT),
        .published_at_us = value_time(answer, row, PUBLISHED_AT),
        .source = {value_bytes(answer, row, TOPIC), value_int4(answer, row, PARTITION)},
        .offset = value_int8(answer, row, RECORD_OFFSET),
        .timestamp_ms = value_int8(answer, row, TIMESTAMP_MS),
        .stage = value_bytes(answer, row, STAGE),
        .reason = value_bytes(answer, row, REASON),
        .message = value_bytes(answer, row, MESSAGE),
        .value_bytes =
            PQgetisnull(answer, row, VALUE_BYTES) ? -1 : value_int8(answer, row, VALUE_BYTES),
    };
}

int dead_letters_list(const char *conninfo, int limit, const char *topic, const char *reason,
                      const struct dead_letters_visitor *visitor, struct err *err)
{
    PGconn *connection = link_open(conninfo, WHO, LINK_CONNECT_TIMEOUT_MS, NULL, err);
    PGresult *answer = NULL;
    struct parameters parameters;
    int rc;

    if (!connection)
        return (int)err->disposition;
    parameters_init(&parameters);
    parameters_add_int8(&parameters, limit);
    parameters_add_bytes(&parameters, slice_of(topic));
    parameters_add_bytes(&parameters, slice_of(reason));
    rc =
        link_ask(connection, "dead_letters_list", &parameters, LINK_QUERY_TIMEOUT_MS, &answer, err);
    for (int row = 0; !rc && row < PQntuples(answer); row++) {
        struct kept_dead_letter letter = read_letter(answer, row);

        visitor->visit(visitor->self, &letter);
    }
    PQclear(answer);
    parameters_free(&parameters);
    PQfinish(connection);
    return rc;
}

int dead_letter_visit(const PGresult *answer, const PGresult *headers,
                      const struct dead_letters_visitor *visitor, struct err *err)
{
    struct kept_dead_letter letter = read_letter(answer, 0);
    size_t count = (size_t)PQntuples(headers);
    struct record_header *list = calloc(count + 1, sizeof *list);

    if (!list)
        return err_no_memory(err);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct record_header){value_bytes(headers, (int)i, 0),
                                         value_bytes(headers, (int)i, 1)};
    letter.key = value_bytes(answer, 0, KEY);
    letter.value = value_bytes(answer, 0, VALUE);
    letter.headers = list;
    letter.header_count = count;
    visitor->visit(visitor->self, &letter);
    free(list);
    return DONE;
}

int dead_letters_show(const char *conninfo, int64_t id, bool *found,
                      const struct dead_letters_visitor *visitor, struct err *err)
{
    PGconn *connection = link_open(conninfo, WHO, LINK_CONNECT_TIMEOUT_MS, NULL, err);
    PGresult *answer = NULL, *headers = NULL;
    struct parameters parameters;
    int rc;

    *found = false;
    if (!connection)
        return (int)err->disposition;
    parameters_init(&parameters);
    parameters_add_int8(&parameters, id);
    rc = link_ask(connection, "dead_letter_show", &parameters, LINK_QUERY_TIMEOUT_MS, &answer, err);
    if (!rc)
        rc = link_ask(connection, "dead_letter_headers", &parameters, LINK_QUERY_TIMEOUT_MS,
                      &headers, err);
    *found = !rc && PQntuples(answer) == 1;
    if (*found)
        rc = dead_letter_visit(answer, headers, visitor, err);
    PQclear(headers);
    PQclear(answer);
    parameters_free(&parameters);
    PQfinish(connection);
    return rc;
}
