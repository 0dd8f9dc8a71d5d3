-- SPDX-License-Identifier: Apache-2.0
-- How many jobs match, up to 10,001. Parameters as in jobs_by_created_asc.sql, as far as $17.
SELECT count(*)
FROM (SELECT FROM jobtrail_p1.job AS j
      WHERE j.organization_id = $1 AND ($2::text IS NULL OR j.creator_id = $2)
        AND jobtrail.job_passes(j.job_id, j.type, j.status, j.message, j.creator_id, j.created_at,
                                j.started_at, j.finished_at, j.updated_at, $3, $4, $5, $6, $7, $8,
                                $9, $10, $11, $12, $13, $14, $15, $16, $17)
      LIMIT 10001) AS matching
