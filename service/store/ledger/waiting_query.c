// SPDX-License-Identifier: Apache-2.0
#include "store/ledger/waiting_query.h"

#include "store/connection/arrays.h"
#include "store/connection/values.h"

enum column {
    ID,
    REQUEST_ID,
    ORGANIZATION_ID,
    JOB_ID,
    REQUESTER_ID,
    RECEIVED_AT,
    TOPIC,
    PARTITION,
    RECORD_OFFSET,
    REASON,
    TRACEPARENT,
    IS_DUE,
};

void waiting_query(struct parameters *out, const char *const *event_topics, int64_t now_us)
{
    struct buffer *topics;
    size_t count = 0;

    parameters_init(out);
    while (event_topics[count])
        count++;
    parameters_add_int8(out, time_to_postgres(now_us));
    topics = parameters_next(out);
    array_begin(topics, ARRAY_TEXT, count);
    for (size_t i = 0; i < count; i++)
        array_bytes(topics, slice_of(event_topics[i]));
    parameters_add_int8(out, GATE_BATCH_MAX);
}

// Only who is authenticated ever waits.
static void read_request(const PGresult *answer, int row, struct cancel_request *out)
{
    *out = (struct cancel_request){
        .request_id = value_uuid(answer, row, REQUEST_ID),
        .organization_id = value_bytes(answer, row, ORGANIZATION_ID),
        .job_id = value_bytes(answer, row, JOB_ID),
        .requester_id = value_bytes(answer, row, REQUESTER_ID),
        .authenticated = true,
        .received_at_us = value_time(answer, row, RECEIVED_AT),
        .may_wait = !value_bool(answer, row, IS_DUE),
        .ledger_id = value_int8(answer, row, ID),
        .origin = {.source = {value_bytes(answer, row, TOPIC), value_int4(answer, row, PARTITION)},
                   .offset = value_int8(answer, row, RECORD_OFFSET)},
        .reason = value_bytes(answer, row, REASON),
        .traceparent = value_bytes(answer, row, TRACEPARENT),
    };
}

size_t waiting_query_read(const PGresult *answer, struct cancel_request requests[GATE_BATCH_MAX])
{
    int row = 0;

    for (; row < PQntuples(answer) && row < GATE_BATCH_MAX; row++)
        read_request(answer, row, &requests[row]);
    return (size_t)row;
}
