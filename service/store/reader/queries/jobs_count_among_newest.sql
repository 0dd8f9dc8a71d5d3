-- SPDX-License-Identifier: Apache-2.0
-- How many of the newest 10,000 jobs in scope match, and of the job whose id is searched for, as
-- jobs_among_newest has them. Parameters as in jobs_count_matching.sql.
WITH newest AS (
    SELECT j.job_id, j.type, j.status, j.message, j.creator_id, j.created_at, j.started_at,
           j.finished_at, j.updated_at
    FROM jobtrail_p1.job AS j
    WHERE j.organization_id = $1 AND ($2::text IS NULL OR j.creator_id = $2)
    ORDER BY jobtrail.or_infinity(j.created_at) DESC, j.job_id DESC
    LIMIT 10000
)
SELECT count(*)
FROM (SELECT * FROM newest WHERE $16::text IS NULL OR job_id <> $16 COLLATE "C"
      UNION ALL
      SELECT j.job_id, j.type, j.status, j.message, j.creator_id, j.created_at, j.started_at,
             j.finished_at, j.updated_at
      FROM jobtrail_p1.job AS j
      WHERE j.job_id = $16 COLLATE "C" AND j.organization_id = $1
        AND ($2::text IS NULL OR j.creator_id = $2)) AS j
WHERE jobtrail.job_passes(j.job_id, j.type, j.status, j.message, j.creator_id, j.created_at,
                          j.started_at, j.finished_at, j.updated_at, $3, $4, $5, $6, $7, $8,
                          $9, $10, $11, $12, $13, $14, $15, $16, $17)
