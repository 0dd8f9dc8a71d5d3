-- SPDX-License-Identifier: Apache-2.0
-- The cancel requests with the id $1 in the ledger, or the request's own id $2; the other is null.
SELECT id, request_id, organization_id, job_id, requester_id, outcome, decision, reason_code,
       reason, channel, received_at, waits_until, decided_at, decision_published_at, command_id,
       attempt, command_issued_at, command_published_at, answer_by, creator_id, topic, partition,
       record_offset, job_revision, found_at
FROM jobtrail.cancellation
WHERE id = $1::bigint OR request_id = $2::uuid
ORDER BY id
