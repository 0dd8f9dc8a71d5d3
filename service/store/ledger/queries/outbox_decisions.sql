-- SPDX-License-Identifier: Apache-2.0
-- The oldest $2 decisions to be published, but for the rows $1, which are under way.
SELECT o.id, r.request_id, r.organization_id, r.job_id, r.requester_id, r.decision, r.reason_code,
       r.command_id, r.decided_at, r.traceparent
FROM (SELECT id, request FROM jobtrail.outbox
      WHERE request IS NOT NULL AND refusal IS NULL AND id <> ALL ($1::bigint[])
      ORDER BY id LIMIT $2::integer) AS o
JOIN jobtrail.cancel_request AS r ON r.id = o.request
ORDER BY o.id
