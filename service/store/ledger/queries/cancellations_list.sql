-- SPDX-License-Identifier: Apache-2.0
-- The newest cancel requests: $1 at most, of organisation $2, job $3, requester $4 and with outcome
-- $5, unless these are null.
SELECT id, request_id, organization_id, job_id, requester_id, outcome, decision, reason_code,
       reason, channel, received_at, waits_until, decided_at, decision_published_at, command_id,
       attempt, command_issued_at, command_published_at, answer_by, creator_id, topic, partition,
       record_offset, job_revision, found_at
FROM jobtrail.cancellation
WHERE organization_id = coalesce($2::text, organization_id) AND job_id = coalesce($3::text, job_id)
  AND requester_id = coalesce($4::text, requester_id) AND outcome = coalesce($5::text, outcome)
ORDER BY id DESC LIMIT $1::bigint
