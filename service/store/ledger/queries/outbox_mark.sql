-- SPDX-License-Identifier: Apache-2.0
-- The rows $1 are published: they go, their ledger says so, and so does a change for whoever looks
-- at the jobs that were commanded. A row that is gone already counts no second time. JT005: one is
-- still there, or something was not written.
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
    RETURNING 1
), changed AS (
    INSERT INTO jobtrail.change (job_ids, organization_ids)
    SELECT array_agg(job_id), array_agg(organization_id) FROM commands HAVING count(*) > 0
    RETURNING 1
)
SELECT CASE
           WHEN (SELECT count(*) FROM published) = cardinality($1) THEN NULL
           -- Locked, so that what others deleted meanwhile is seen; what was deleted here is
           -- passed over.
           ELSE jobtrail.require(
               NOT EXISTS (SELECT FROM jobtrail.outbox WHERE id = ANY ($1::bigint[])
                           ORDER BY id FOR UPDATE),
               'JT005', 'jobtrail.outbox') END,
       jobtrail.require((SELECT count(*) FROM commands)
                            = (SELECT count(DISTINCT command_id) FROM published),
                        'JT005', 'jobtrail.cancel_command'),
       jobtrail.require((SELECT count(*) FROM decisions)
                            = (SELECT count(DISTINCT request) FROM published),
                        'JT005', 'jobtrail.cancel_request'),
       jobtrail.require(EXISTS (SELECT FROM changed) = EXISTS (SELECT FROM commands),
                        'JT005', 'jobtrail.change')
