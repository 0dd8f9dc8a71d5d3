-- SPDX-License-Identifier: Apache-2.0
-- How many jobs that match were created in each step of a period and are in each state, of the newest
-- 10,000 in scope that were created in it. $1 to $17 as in jobs_count_matching.sql, $18 and $19 the
-- period's ends, both within it, $20 the seconds of a step. Every row has the moment up to which, it
-- included, older jobs were not looked at (null: all were); one row is always there.
WITH newest AS (
    SELECT j.job_id, j.type, j.status, j.message, j.creator_id, j.created_at, j.started_at,
           j.finished_at, j.updated_at
    FROM jobtrail_p1.job AS j
    WHERE j.organization_id = $1 AND ($2::text IS NULL OR j.creator_id = $2)
      AND j.created_at IS NOT NULL
      AND jobtrail.or_infinity(j.created_at) >= $18::timestamptz
      AND jobtrail.or_infinity(j.created_at) <= $19::timestamptz
    ORDER BY jobtrail.or_infinity(j.created_at) DESC, j.job_id DESC
    LIMIT 10001
), counted AS (
    SELECT floor(extract(epoch FROM j.created_at - $18::timestamptz) / $20::bigint)::integer AS step,
           j.status::integer AS status, count(*) AS jobs
    FROM (SELECT * FROM newest
          ORDER BY jobtrail.or_infinity(created_at) DESC, job_id DESC LIMIT 10000) AS j
    WHERE jobtrail.job_passes(j.job_id, j.type, j.status, j.message, j.creator_id, j.created_at,
                              j.started_at, j.finished_at, j.updated_at, $3, $4, $5, $6, $7, $8,
                              $9, $10, $11, $12, $13, $14, $15, $16, $17)
    GROUP BY 1, 2
)
SELECT counted.jobs, counted.step, counted.status, looked.uncounted_to
FROM (SELECT CASE WHEN count(*) > 10000 THEN min(created_at) END AS uncounted_to
      FROM newest) AS looked
LEFT JOIN counted ON true
