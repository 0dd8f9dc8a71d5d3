-- SPDX-License-Identifier: Apache-2.0
-- How many of the newest 10,000 jobs in scope match. Parameters as in jobs_count_matching.sql.
SELECT count(*)
FROM (SELECT j.job_id, j.type, j.status, j.message, j.creator_id, j.created_at, j.started_at,
             j.finished_at, j.updated_at
      FROM jobtrail_p1.job AS j
      WHERE j.organization_id = $1 AND ($2::text IS NULL OR j.creator_id = $2)
      ORDER BY jobtrail.or_infinity(j.created_at) DESC, j.job_id DESC
      LIMIT 10000) AS j
WHERE jobtrail.job_passes(j.job_id, j.type, j.status, j.message, j.creator_id, j.created_at,
                          j.started_at, j.finished_at, j.updated_at, $3, $4, $5, $6, $7, $8,
                          $9, $10, $11, $12, $13, $14, $15, $16)
