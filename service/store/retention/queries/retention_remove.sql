-- SPDX-License-Identifier: Apache-2.0
-- Removes jobs ($1, $2) that still are as they were judged ($3: revisions), with all that the ledger
-- has of them, and takes them out of the totals, in a share of their own. One that somebody works at
-- stays, and so does one of which something is still to be decided or published, or was published
-- within an hour: the relay notes a little later that the ledger has it, and what it reads again
-- before that must be here. Nothing goes unless the lock is still that of $4: whoever takes it over
-- waits for this to be done, and is sure then that nothing leaves. How many jobs, requests and commands
-- went, and whether it was. JT005: fewer jobs than were chosen.
WITH held AS MATERIALIZED (
    SELECT FROM jobtrail.retention_lock WHERE token = $4::bigint FOR SHARE
), chosen AS (
    SELECT j.job_id, j.organization_id
    FROM unnest($1::text[], $2::text[], $3::bigint[]) AS k(job_id, organization_id, revision)
    JOIN jobtrail_p1.job AS j
        ON j.job_id = k.job_id AND (j.organization_id = k.organization_id) IS TRUE
       AND j.revision = k.revision
    WHERE EXISTS (SELECT FROM held)
      AND NOT EXISTS (SELECT FROM jobtrail.cancel_request AS r
                      WHERE r.job_id = j.job_id AND (r.organization_id = j.organization_id) IS TRUE
                        AND (r.decided_at IS NULL
                             OR r.decision_published_at > now() - interval '1 hour'
                             OR EXISTS (SELECT FROM jobtrail.outbox AS o
                                        WHERE o.refusal IS NULL
                                          AND (o.request = r.id OR o.command_id = r.command_id))))
      AND NOT EXISTS (SELECT FROM jobtrail.cancel_command AS m
                      WHERE m.job_id = j.job_id AND (m.organization_id = j.organization_id) IS TRUE
                        AND m.published_at > now() - interval '1 hour')
    ORDER BY j.job_id, j.organization_id
    FOR UPDATE OF j SKIP LOCKED
), jobs AS (
    DELETE FROM jobtrail_p1.job AS j USING chosen AS c
    WHERE j.job_id = c.job_id AND (j.organization_id = c.organization_id) IS TRUE
    RETURNING j.organization_id, coalesce(j.type, '') AS type, j.status
), requests AS (
    DELETE FROM jobtrail.cancel_request AS r USING chosen AS c
    WHERE r.job_id = c.job_id AND (r.organization_id = c.organization_id) IS TRUE
    RETURNING r.id
), commands AS (
    DELETE FROM jobtrail.cancel_command AS m USING chosen AS c
    WHERE m.job_id = c.job_id AND (m.organization_id = c.organization_id) IS TRUE
    RETURNING m.command_id
), refused AS (
    DELETE FROM jobtrail.outbox AS o
    WHERE o.request IN (SELECT id FROM requests) OR o.command_id IN (SELECT command_id FROM commands)
), counted AS (
    INSERT INTO jobtrail_p1.job_count AS t (organization_id, type, status, n, shard)
    SELECT organization_id, type, status, -count(*), -1 FROM jobs
    GROUP BY organization_id, type, status ORDER BY organization_id, type, status
    ON CONFLICT (organization_id, type, status, shard) DO UPDATE SET n = t.n + excluded.n
    RETURNING 1
)
SELECT (SELECT count(*) FROM jobs), (SELECT count(*) FROM requests), (SELECT count(*) FROM commands),
       EXISTS (SELECT FROM held),
       jobtrail.require((SELECT count(*) FROM jobs) = (SELECT count(*) FROM chosen), 'JT005',
                        'jobtrail_p1.job'),
       jobtrail.require((SELECT count(*) FROM counted)
                            = (SELECT count(DISTINCT (organization_id, type, status)) FROM jobs),
                        'JT005', 'jobtrail_p1.job_count')
