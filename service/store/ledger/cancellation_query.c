// SPDX-License-Identifier: Apache-2.0
#include "store/ledger/cancellation_query.h"

#include "store/connection/values.h"

enum cancellation_column {
    ID,
    REQUEST_ID,
    ORGANIZATION_ID,
    JOB_ID,
    REQUESTER_ID,
    OUTCOME,
    DECISION,
    REASON_CODE,
    REASON,
    CHANNEL,
    RECEIVED_AT,
    WAITS_UNTIL,
    DECIDED_AT,
    DECISION_PUBLISHED_AT,
    COMMAND_ID,
    ATTEMPT,
    COMMAND_ISSUED_AT,
    COMMAND_PUBLISHED_AT,
    ANSWER_BY,
    CREATOR_ID,
    TOPIC,
    PARTITION,
    RECORD_OFFSET,
    JOB_REVISION,
    FOUND_AT,
};

struct kept_cancellation cancellation_query_read(const PGresult *answer, int row)
{
    return (struct kept_cancellation){
        .id = value_int8(answer, row, ID),
        .request_id = value_uuid(answer, row, REQUEST_ID),
        .organization_id = value_bytes(answer, row, ORGANIZATION_ID),
        .job_id = value_bytes(answer, row, JOB_ID),
        .requester_id = value_bytes(answer, row, REQUESTER_ID),
        .outcome = value_bytes(answer, row, OUTCOME),
        .decision = value_bytes(answer, row, DECISION),
        .reason_code = value_bytes(answer, row, REASON_CODE),
        .reason = value_bytes(answer, row, REASON),
        .channel = value_bytes(answer, row, CHANNEL),
        .received_at_us = value_time(answer, row, RECEIVED_AT),
        .waits_until_us = value_time(answer, row, WAITS_UNTIL),
        .decided_at_us = value_time(answer, row, DECIDED_AT),
        .decision_published_at_us = value_time(answer, row, DECISION_PUBLISHED_AT),
        .has_command = !PQgetisnull(answer, row, COMMAND_ID),
        .command_id = value_uuid(answer, row, COMMAND_ID),
        .attempt = value_int4(answer, row, ATTEMPT),
        .command_issued_at_us = value_time(answer, row, COMMAND_ISSUED_AT),
        .command_published_at_us = value_time(answer, row, COMMAND_PUBLISHED_AT),
        .answer_by_us = value_time(answer, row, ANSWER_BY),
        .creator_id = value_bytes(answer, row, CREATOR_ID),
        .source = {value_bytes(answer, row, TOPIC), value_int4(answer, row, PARTITION)},
        .offset = value_int8(answer, row, RECORD_OFFSET),
        .has_revision = !PQgetisnull(answer, row, JOB_REVISION),
        .job_revision = value_int8(answer, row, JOB_REVISION),
        .found_at_us = value_time(answer, row, FOUND_AT),
    };
}
