-- SPDX-License-Identifier: Apache-2.0
-- Decides requests that waited, each of which must still do so; the decisions go to the outbox.
WITH decided AS (
    UPDATE jobtrail.cancel_request AS r
    SET decided_at = n.decided_at, decision = n.decision, reason_code = n.reason_code,
        job_revision = n.job_revision, job_attempt = n.job_attempt, creator_id = n.creator_id,
        command_id = n.command_id
    FROM unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::bigint[],
                $6::integer[], $7::text[], $8::uuid[])
         AS n(id, decided_at, decision, reason_code, job_revision, job_attempt, creator_id,
              command_id)
    WHERE r.id = n.id AND r.decided_at IS NULL
    RETURNING r.id
), queued AS (
    INSERT INTO jobtrail.outbox (request) SELECT id FROM decided
)
SELECT jobtrail.require((SELECT count(*) FROM decided) = cardinality($1), 'JT004',
                        'a request that waited was decided meanwhile')
