-- SPDX-License-Identifier: Apache-2.0
-- Records new commands. JT005: fewer came to be than were sent.
WITH added AS (
    INSERT INTO jobtrail.cancel_command (command_id, request_id, organization_id, job_id, attempt,
                                         type, creator_id, requester_id, reason, traceparent,
                                         answer_by, issued_at)
    SELECT n.*, $12::timestamptz
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::integer[], $6::text[],
                $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[]) AS n
    RETURNING 1
)
SELECT jobtrail.require((SELECT count(*) FROM added) = cardinality($1), 'JT005',
                        'jobtrail.cancel_command')
