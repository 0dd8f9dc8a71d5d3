-- SPDX-License-Identifier: Apache-2.0
-- The oldest $2 decisions to be published, but for the rows $1, which are under way. What was granted
-- a command that was withdrawn is refused in the end.
SELECT o.id, r.request_id, r.organization_id, r.job_id, r.requester_id,
       CASE WHEN c.withdrawn_at IS NULL THEN r.decision ELSE 'refused' END,
       CASE WHEN c.withdrawn_at IS NULL THEN r.reason_code ELSE 'NOT_CREATOR' END,
       r.command_id, coalesce(c.withdrawn_at, r.decided_at), r.traceparent,
       c.withdrawn_at IS NOT NULL
FROM (SELECT id, request FROM jobtrail.outbox
      WHERE request IS NOT NULL AND refusal IS NULL AND id <> ALL ($1::bigint[])
      ORDER BY id LIMIT $2::integer) AS o
JOIN jobtrail.cancel_request AS r ON r.id = o.request
LEFT JOIN jobtrail.cancel_command AS c ON c.command_id = r.command_id
ORDER BY o.id
