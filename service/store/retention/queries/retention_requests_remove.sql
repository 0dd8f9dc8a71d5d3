-- SPDX-License-Identifier: Apache-2.0
-- Removes requests ($1) that were found to be of jobs without a row, and their commands that no other
-- request was granted. How many of both.
WITH requests AS (
    DELETE FROM jobtrail.cancel_request WHERE id = ANY ($1::bigint[])
    RETURNING id, command_id, job_id, organization_id
), commands AS (
    DELETE FROM jobtrail.cancel_command AS c
    WHERE c.command_id IN (SELECT command_id FROM requests)
      AND NOT EXISTS (SELECT FROM jobtrail.cancel_request AS r
                      WHERE r.job_id = c.job_id AND (r.organization_id = c.organization_id) IS TRUE
                        AND r.command_id = c.command_id AND r.id <> ALL ($1))
    RETURNING c.command_id
), refused AS (
    DELETE FROM jobtrail.outbox AS o
    WHERE o.request IN (SELECT id FROM requests) OR o.command_id IN (SELECT command_id FROM commands)
)
SELECT (SELECT count(*) FROM requests), (SELECT count(*) FROM commands)
