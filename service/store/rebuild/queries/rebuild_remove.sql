-- SPDX-License-Identifier: Apache-2.0
-- Removes jobs ($1, $2) that still are as they were judged ($3: revisions) from what is filled, and takes
-- them out of its totals, in a share of their own. How many. JT005: a total was not written.
WITH jobs AS (
    DELETE FROM jobtrail_p2.job AS j
    USING unnest($1::text[], $2::text[], $3::bigint[]) AS k(job_id, organization_id, revision)
    WHERE j.job_id = k.job_id AND (j.organization_id = k.organization_id) IS TRUE
      AND j.revision = k.revision
    RETURNING j.organization_id, coalesce(j.type, '') AS type, j.status
), counted AS (
    INSERT INTO jobtrail_p2.job_count AS t (organization_id, type, status, n, shard)
    SELECT organization_id, type, status, -count(*), -1 FROM jobs
    GROUP BY organization_id, type, status ORDER BY organization_id, type, status
    ON CONFLICT (organization_id, type, status, shard) DO UPDATE SET n = t.n + excluded.n
    RETURNING 1
)
SELECT (SELECT count(*) FROM jobs),
       jobtrail.require((SELECT count(*) FROM counted)
                            = (SELECT count(DISTINCT (organization_id, type, status)) FROM jobs),
                        'JT005', 'jobtrail_p2.job_count')
