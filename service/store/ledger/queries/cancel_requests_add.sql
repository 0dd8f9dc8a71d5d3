-- SPDX-License-Identifier: Apache-2.0
-- Records new requests; the decisions on those that are decided go to the outbox. When they were
-- there is held against when the projection was at its end, so it is told by the same clock, ours.
-- JT005: fewer rows came to be than were sent.
WITH added AS (
    INSERT INTO jobtrail.cancel_request (
        request_id, organization_id, job_id, requester_id, identified, channel, topic, partition,
        record_offset, received_at, waits_until, decided_at, decision, reason_code, job_revision,
        job_attempt, creator_id, command_id, reason, traceparent, recorded_at)
    SELECT n.*, greatest($21::timestamptz, clock_timestamp())
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[],
                $7::text[], $8::integer[], $9::bigint[], $10::timestamptz[], $11::timestamptz[],
                $12::timestamptz[], $13::text[], $14::text[], $15::bigint[], $16::integer[],
                $17::text[], $18::uuid[], $19::text[], $20::text[]) AS n
    RETURNING id, decided_at
), queued AS (
    INSERT INTO jobtrail.outbox (request) SELECT id FROM added WHERE decided_at IS NOT NULL
    RETURNING 1
)
SELECT jobtrail.require((SELECT count(*) FROM added) = cardinality($1), 'JT005',
                        'jobtrail.cancel_request'),
       jobtrail.require((SELECT count(*) FROM queued) = (SELECT count(decided_at) FROM added),
                        'JT005', 'jobtrail.outbox')
