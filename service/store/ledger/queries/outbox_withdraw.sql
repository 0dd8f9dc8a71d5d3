-- SPDX-License-Identifier: Apache-2.0
-- The rows $1 are commands that must not go out. Those that never did are withdrawn: the ledger says
-- so, whoever was granted one is told, and so is whoever looks at the job. It may be asked for anew at
-- once. One that was out before is only not sent again. Returns what was withdrawn.
WITH gone AS (
    DELETE FROM jobtrail.outbox WHERE id = ANY ($1::bigint[]) AND command_id IS NOT NULL
    RETURNING command_id
), withdrawn AS (
    UPDATE jobtrail.cancel_command AS c
    SET withdrawn_at = now(), answer_by = least(c.answer_by, now())
    FROM (SELECT DISTINCT command_id FROM gone) AS g
    WHERE c.command_id = g.command_id AND c.publications = 0 AND c.withdrawn_at IS NULL
    RETURNING c.command_id, c.organization_id, c.job_id, c.requester_id
), told AS (
    INSERT INTO jobtrail.outbox (request)
    SELECT r.id
    FROM withdrawn AS w
    JOIN jobtrail.cancel_request AS r
        ON r.job_id = w.job_id AND r.organization_id = w.organization_id
       AND r.command_id = w.command_id
), changed AS (
    INSERT INTO jobtrail.change (job_ids, organization_ids)
    SELECT array_agg(job_id), array_agg(organization_id) FROM withdrawn HAVING count(*) > 0
)
SELECT command_id, organization_id, job_id, requester_id FROM withdrawn
