-- SPDX-License-Identifier: Apache-2.0
-- The oldest $1 of the cancel requests with an id above $2 or among $3, as far as they are of
-- organisation $4, job $5 and requester $6, unless these are null.
SELECT id, request_id, organization_id, job_id, requester_id, outcome, decision, reason_code,
       reason, channel, received_at, waits_until, decided_at, decision_published_at, command_id,
       attempt, command_issued_at, command_published_at, answer_by, creator_id, topic, partition,
       record_offset, job_revision, found_at
FROM jobtrail.cancellation
WHERE (id > $2::bigint OR id = ANY ($3::bigint[]))
  AND organization_id = coalesce($4::text, organization_id) AND job_id = coalesce($5::text, job_id)
  AND requester_id = coalesce($6::text, requester_id)
ORDER BY id LIMIT $1::bigint
