-- SPDX-License-Identifier: Apache-2.0
-- The requests to cancel a job: those of one member first, and each time the newest. $1
-- organisation, $2 member in whose scope (null: all), $3 the job, $4 how many, $5 that member. Who
-- created the job may see all of them; who asked, what came of it, if it was proven that it was
-- they.
SELECT c.id, c.request_id, c.command_id, c.job_id, c.requester_id, c.outcome, c.decision,
       c.reason_code, c.reason, c.channel, c.attempt, c.received_at, c.decided_at,
       c.command_issued_at, c.command_published_at, c.answer_by, c.waits_until
FROM jobtrail.cancellation AS c
WHERE c.job_id = $3::text AND c.organization_id = $1
  AND ($2::text IS NULL
       OR (c.requester_id = $2 AND c.reason_code IS DISTINCT FROM 'INVALID_CREDENTIALS')
       OR EXISTS (SELECT FROM jobtrail_p1.job AS j
                  WHERE j.job_id = $3 AND j.organization_id = $1 AND j.creator_id = $2))
ORDER BY (c.requester_id = $5::text AND c.identified) IS NOT TRUE, c.id DESC
LIMIT $4::bigint
