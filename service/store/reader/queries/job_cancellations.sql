-- SPDX-License-Identifier: Apache-2.0
-- The requests to cancel a job: those of one member first, and each time the newest. $1
-- organisation, $2 member in whose scope (null: all), $3 the job, $4 how many, $5 that member, $6 to
-- $8 behind which one, if any: whether it is of that member, its moment and id; $9 the only id, if
-- one is looked for. Who created the job may see all of them; who asked, what came of it, if it was
-- proven that it was they.
SELECT c.id, c.request_id, c.command_id, c.job_id, c.requester_id, c.outcome, c.decision,
       c.reason_code, c.reason, c.channel, c.attempt, c.received_at, c.decided_at,
       c.command_issued_at, c.command_published_at, c.answer_by, c.waits_until, o.is_first
FROM jobtrail.cancellation AS c
CROSS JOIN LATERAL (SELECT (c.requester_id = $5::text AND c.identified) IS TRUE AS is_first) AS o
WHERE c.job_id = $3::text AND c.organization_id = $1
  AND ($9::uuid IS NULL OR c.request_id = $9)
  AND ($6::boolean IS NULL OR ($6 AND NOT o.is_first)
       OR (o.is_first = $6 AND (c.received_at, c.request_id)
               < (timestamptz 'epoch' + interval '1 microsecond' * $7::bigint, $8::uuid)))
  AND ($2::text IS NULL
       OR (c.requester_id = $2 AND c.reason_code IS DISTINCT FROM 'INVALID_CREDENTIALS')
       OR EXISTS (SELECT FROM jobtrail_p1.job AS j
                  WHERE j.job_id = $3 AND j.organization_id = $1 AND j.creator_id = $2))
ORDER BY o.is_first DESC, c.received_at DESC, c.request_id DESC, c.id DESC
LIMIT $4::bigint
