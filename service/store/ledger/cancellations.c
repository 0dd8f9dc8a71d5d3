// SPDX-License-Identifier: Apache-2.0
#include "store/ledger/cancellations.h"

#include "store/connection/link.h"
#include "store/ledger/cancellation_query.h"

#define WHO "jobtrail cancellations"

static int ask_and_visit(const char *conninfo, const char *query, struct parameters *parameters,
                         const struct cancellations_visitor *visitor, struct err *err)
{
    PGconn *connection = link_open(conninfo, WHO, LINK_CONNECT_TIMEOUT_MS, NULL, err);
    PGresult *answer = NULL;
    int rc;

    if (!connection)
        return (int)err->disposition;
    rc = link_ask(connection, query, parameters, LINK_QUERY_TIMEOUT_MS, &answer, err);
    for (int row = 0; !rc && row < PQntuples(answer); row++) {
        struct kept_cancellation cancellation = cancellation_query_read(answer, row);

        visitor->visit(visitor->self, &cancellation);
    }
    PQclear(answer);
    PQfinish(connection);
    return rc;
}

int cancellations_list(const char *conninfo, const struct cancellations_filter *filter, int limit,
                       const struct cancellations_visitor *visitor, struct err *err)
{
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    parameters_add_int8(&parameters, limit);
    parameters_add_bytes(&parameters, slice_of(filter->organization));
    parameters_add_bytes(&parameters, slice_of(filter->job));
    parameters_add_bytes(&parameters, slice_of(filter->requester));
    parameters_add_bytes(&parameters, slice_of(filter->outcome));
    rc = ask_and_visit(conninfo, "cancellations_list", &parameters, visitor, err);
    parameters_free(&parameters);
    return rc;
}

int cancellations_show(const char *conninfo, const struct cancellations_key *key,
                       const struct cancellations_visitor *visitor, struct err *err)
{
    struct slice request_id = {(const char *)key->request_id.bytes, UUID_BYTES};
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    if (key->is_request_id)
        parameters_add_bytes(&parameters, SLICE_NULL);
    else
        parameters_add_int8(&parameters, key->id);
    parameters_add_bytes(&parameters, key->is_request_id ? request_id : SLICE_NULL);
    rc = ask_and_visit(conninfo, "cancellations_show", &parameters, visitor, err);
    parameters_free(&parameters);
    return rc;
}
