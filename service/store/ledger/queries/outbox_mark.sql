-- SPDX-License-Identifier: Apache-2.0
-- The rows $1 are published: they go, their ledger says so, and so does a change for whoever looks
-- at the jobs that were commanded. A row that is gone already counts no second time.
WITH published AS (
    DELETE FROM jobtrail.outbox WHERE id = ANY ($1::bigint[]) RETURNING request, command_id
), commands AS (
    UPDATE jobtrail.cancel_command AS c
    SET published_at = now(), publications = c.publications + p.times
    FROM (SELECT command_id, count(*)::integer AS times FROM published
          WHERE command_id IS NOT NULL GROUP BY command_id) AS p
    WHERE c.command_id = p.command_id
    RETURNING c.job_id, c.organization_id
), decisions AS (
    UPDATE jobtrail.cancel_request AS r SET decision_published_at = now()
    FROM (SELECT DISTINCT request FROM published WHERE request IS NOT NULL) AS p
    WHERE r.id = p.request
)
INSERT INTO jobtrail.change (job_ids, organization_ids)
SELECT array_agg(job_id), array_agg(organization_id) FROM commands HAVING count(*) > 0
