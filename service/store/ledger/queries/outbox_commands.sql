-- SPDX-License-Identifier: Apache-2.0
-- The oldest $2 commands to be published, but for the rows $1, which are under way. With the time
-- at which the request came that it is first published for, and with what is known of the job now.
SELECT o.id,
       CASE WHEN c.publications = 0 THEN
           (SELECT r.received_at FROM jobtrail.cancel_request AS r
            WHERE r.request_id = c.request_id AND r.requester_id = c.requester_id
              AND r.organization_id = c.organization_id AND r.identified)
       END AS received_at,
       c.command_id, c.request_id, c.organization_id, c.job_id, c.attempt, c.type, c.requester_id,
       c.issued_at, c.reason, c.traceparent,
       j.job_id IS NOT NULL, j.created_at IS NOT NULL, j.creator_id, j.creator_disputed
FROM (SELECT id, command_id FROM jobtrail.outbox
      WHERE command_id IS NOT NULL AND refusal IS NULL AND id <> ALL ($1::bigint[])
      ORDER BY id LIMIT $2::integer) AS o
JOIN jobtrail.cancel_command AS c ON c.command_id = o.command_id
LEFT JOIN jobtrail_p1.job AS j
    ON j.job_id = c.job_id AND (j.organization_id = c.organization_id) IS TRUE -- see rows_update
ORDER BY o.id
