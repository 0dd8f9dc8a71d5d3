-- SPDX-License-Identifier: Apache-2.0
-- The request to cancel with an id ($3), as of who asked ($2) in an organisation ($1).
SELECT c.id, c.request_id, c.command_id, c.job_id, c.requester_id, c.outcome, c.decision,
       c.reason_code, c.reason, c.channel, c.attempt, c.received_at, c.decided_at,
       c.command_issued_at, c.command_published_at, c.answer_by, c.waits_until, true
FROM jobtrail.cancellation AS c
WHERE c.request_id = $3::uuid AND c.requester_id = $2 AND c.organization_id = $1 AND c.identified
