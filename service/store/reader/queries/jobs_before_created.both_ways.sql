-- SPDX-License-Identifier: Apache-2.0
-- How many jobs match from a place in the order of creation back to its beginning, @WAY@, up to
-- 10,001. $1 to $17 as in jobs_by_created, $18 and $19 the time and the id of the place, $20
-- whether a job that stands there counts.
SELECT count(*)
FROM (SELECT FROM jobtrail_p1.job AS j
      WHERE j.organization_id = $1 AND ($2::text IS NULL OR j.creator_id = $2)
        AND jobtrail.job_passes(j.job_id, j.type, j.status, j.message, j.creator_id, j.created_at,
                                j.started_at, j.finished_at, j.updated_at, $3, $4, $5, $6, $7, $8,
                                $9, $10, $11, $12, $13, $14, $15, $16, $17)
        AND (jobtrail.or_infinity(j.created_at), j.job_id)
            @BEHIND@= ($18::timestamptz, $19::text COLLATE "C")
        AND ($20::boolean OR jobtrail.or_infinity(j.created_at) <> $18 OR j.job_id <> $19)
      LIMIT 10001) AS before
