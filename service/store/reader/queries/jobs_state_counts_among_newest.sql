-- SPDX-License-Identifier: Apache-2.0
-- How many of the newest 10,000 jobs in scope, created within the bounds asked for, and of the job
-- whose id is searched for, match and are in each state; whether there are more than those 10,000;
-- and how many of them are silent and unanswered. Overtaken ones are of all in scope. $1 to $17 as in jobs_count_matching.sql, $18 to $21 as $4 to $7 in
-- jobs_state_counts_totals.sql. The same columns as there.
WITH newest AS (
    SELECT j.job_id, j.organization_id, j.attempt, j.type, j.status, j.message, j.creator_id,
           j.created_at, j.started_at, j.finished_at, j.updated_at
    FROM jobtrail_p1.job AS j
    WHERE j.organization_id = $1 AND ($2::text IS NULL OR j.creator_id = $2)
      AND ($6::timestamptz IS NULL OR j.created_at IS NOT NULL
           AND jobtrail.or_infinity(j.created_at) >= $6)
      AND ($7::timestamptz IS NULL OR j.created_at IS NOT NULL
           AND jobtrail.or_infinity(j.created_at) <= $7)
    ORDER BY jobtrail.or_infinity(j.created_at) DESC, j.job_id DESC
    LIMIT 10001
), matching AS (
    SELECT n.*, coalesce(wait.after_us, $19::bigint) AS after_us
    FROM (SELECT * FROM (SELECT * FROM newest
                         ORDER BY jobtrail.or_infinity(created_at) DESC, job_id DESC LIMIT 10000) AS n
          WHERE $16::text IS NULL OR job_id <> $16 COLLATE "C"
          UNION ALL
          SELECT j.job_id, j.organization_id, j.attempt, j.type, j.status, j.message, j.creator_id,
                 j.created_at, j.started_at, j.finished_at, j.updated_at
          FROM jobtrail_p1.job AS j
          WHERE j.job_id = $16 COLLATE "C" AND j.organization_id = $1
            AND ($2::text IS NULL OR j.creator_id = $2)) AS n
    LEFT JOIN unnest($20::text[], $21::bigint[]) AS wait (type, after_us) ON wait.type = n.type
    WHERE jobtrail.job_passes(n.job_id, n.type, n.status, n.message, n.creator_id, n.created_at,
                              n.started_at, n.finished_at, n.updated_at, $3, $4, $5, $6, $7, $8,
                              $9, $10, $11, $12, $13, $14, $15, $16, $17)
), told AS (
    -- What in scope was told to stop within the last day, the newest 1,000.
    SELECT c.job_id, c.attempt
    FROM jobtrail.cancel_command AS c
    WHERE c.organization_id = $1 AND c.withdrawn_at IS NULL
      AND ($2::text IS NULL OR c.creator_id = $2)
      AND c.issued_at > now() - interval '1 day'
    ORDER BY c.issued_at DESC
    LIMIT 1001
)
SELECT count(*) FILTER (WHERE m.status = 0), count(*) FILTER (WHERE m.status = 1),
       count(*) FILTER (WHERE m.status = 2), count(*) FILTER (WHERE m.status = 3),
       count(*) FILTER (WHERE m.status = 4), (SELECT count(*) > 10000 FROM newest),
       count(*) FILTER (WHERE m.status = 1 AND m.after_us > 0
           AND $18::timestamptz > m.updated_at + interval '1 microsecond' * m.after_us),
       count(*) FILTER (WHERE m.status < 2 AND EXISTS (
           SELECT FROM jobtrail.cancel_command AS c
           WHERE c.job_id = m.job_id AND c.organization_id = m.organization_id
             AND c.attempt = m.attempt AND c.withdrawn_at IS NULL AND now() >= c.answer_by)),
       false,
       (SELECT CASE WHEN (SELECT count(*) FROM told) <= 1000 THEN count(*) END
        FROM told
        JOIN jobtrail_p1.job AS j ON j.job_id = told.job_id AND j.organization_id = $1
        WHERE j.attempt = told.attempt AND j.status IN (2, 3)
          AND ($2::text IS NULL OR j.creator_id = $2)
          AND jobtrail.job_passes(j.job_id, j.type, j.status, j.message, j.creator_id,
                                  j.created_at, j.started_at, j.finished_at, j.updated_at, $3,
                                  $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17))
FROM matching AS m
