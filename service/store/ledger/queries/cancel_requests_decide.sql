-- SPDX-License-Identifier: Apache-2.0
-- Decides requests that waited, each of which must still do so; the decisions go to the outbox.
-- JT004: one is decided. JT005: it waits, and was not written, or its decision was not.
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
    INSERT INTO jobtrail.outbox (request) SELECT id FROM decided RETURNING 1
)
SELECT CASE
    WHEN (SELECT count(*) FROM decided) = cardinality($1)
        THEN jobtrail.require((SELECT count(*) FROM queued) = cardinality($1), 'JT005',
                              'jobtrail.outbox')
    -- Locked, so that what others decided since this statement began is seen, too. What was
    -- decided here is passed over.
    WHEN EXISTS (SELECT FROM jobtrail.cancel_request AS r
                 WHERE r.id = ANY ($1::bigint[]) AND r.decided_at IS NULL
                 ORDER BY r.id FOR UPDATE)
        THEN jobtrail.require(false, 'JT005', 'jobtrail.cancel_request')
    ELSE jobtrail.require(false, 'JT004', 'a request that waited was decided meanwhile') END
