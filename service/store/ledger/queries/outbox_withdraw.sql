-- SPDX-License-Identifier: Apache-2.0
-- The rows $1 are commands that must not go out. Those that never did are withdrawn: the ledger says
-- so, whoever was granted one is told, and so is whoever looks at the job. It may be asked for anew at
-- once. One that was out before is only not sent again. Returns what was withdrawn. JT005: a row is still
-- there, or something was not written.
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
    RETURNING request
), changed AS (
    INSERT INTO jobtrail.change (job_ids, organization_ids)
    SELECT array_agg(job_id), array_agg(organization_id) FROM withdrawn HAVING count(*) > 0
    RETURNING 1
)
SELECT command_id, organization_id, job_id, requester_id FROM withdrawn
UNION ALL
-- Of these there is never a row: each is false, or raises.
SELECT NULL, NULL, NULL, NULL
WHERE CASE
        WHEN (SELECT count(*) FROM gone) = cardinality($1) THEN false
        -- Locked, so that what others deleted meanwhile is seen; what was deleted here is passed
        -- over. So below.
        WHEN EXISTS (SELECT FROM jobtrail.outbox
                     WHERE id = ANY ($1::bigint[]) AND command_id IS NOT NULL
                     ORDER BY id FOR UPDATE)
            THEN jobtrail.require(false, 'JT005', 'jobtrail.outbox') IS NULL
        ELSE false END
   OR CASE
        WHEN (SELECT count(*) FROM withdrawn) = (SELECT count(DISTINCT command_id) FROM gone)
            THEN false
        WHEN EXISTS (SELECT FROM jobtrail.cancel_command AS c
                     WHERE c.command_id IN (SELECT g.command_id FROM gone AS g)
                       AND c.publications = 0 AND c.withdrawn_at IS NULL
                     ORDER BY c.command_id FOR UPDATE)
            THEN jobtrail.require(false, 'JT005', 'jobtrail.cancel_command') IS NULL
        ELSE false END
   OR CASE
        WHEN (SELECT count(*) FROM told)
             = (SELECT count(*) FROM withdrawn AS w
                JOIN jobtrail.cancel_request AS r
                    ON r.job_id = w.job_id AND r.organization_id = w.organization_id
                   AND r.command_id = w.command_id) THEN false
        ELSE jobtrail.require(false, 'JT005', 'jobtrail.outbox') IS NULL END
   OR CASE
        WHEN EXISTS (SELECT FROM changed) = EXISTS (SELECT FROM withdrawn) THEN false
        ELSE jobtrail.require(false, 'JT005', 'jobtrail.change') IS NULL END
