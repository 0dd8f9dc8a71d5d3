-- SPDX-License-Identifier: Apache-2.0
-- A page of jobs by their last change, @WAY@: of the ended ones as many as a page may need,
-- merged with the open ones. Parameters as in jobs_by_created.
WITH ended AS (
    SELECT j.* FROM jobtrail_p1.job AS j
    WHERE j.organization_id = $1 AND ($2::text IS NULL OR j.creator_id = $2)
      AND jobtrail.job_passes(j.job_id, j.type, j.status, j.message, j.creator_id, j.created_at,
                              j.started_at, j.finished_at, j.updated_at, $3, $4, $5, $6, $7, $8,
                              $9, $10, $11, $12, $13, $14, $15, $16, $17)
      AND jobtrail.or_infinity(j.finished_at) < 'infinity'
      AND ($19::timestamptz IS NULL OR (jobtrail.or_infinity(j.finished_at), j.job_id)
           @BEHIND@ ($19, $20::text COLLATE "C"))
    -- One member's own are found by job_created_by and sorted: the order of an index would be taken
    -- for a reason to walk all of the organisation's.
    ORDER BY CASE WHEN $2 IS NULL THEN jobtrail.or_infinity(j.finished_at)
                  ELSE greatest(jobtrail.or_infinity(j.finished_at), '-infinity') END@DOWN@,
             j.job_id@DOWN@
    LIMIT $18::bigint
), open AS (
    SELECT j.* FROM jobtrail_p1.job AS j
    WHERE j.organization_id = $1 AND ($2::text IS NULL OR j.creator_id = $2)
      AND jobtrail.job_passes(j.job_id, j.type, j.status, j.message, j.creator_id, j.created_at,
                              j.started_at, j.finished_at, j.updated_at, $3, $4, $5, $6, $7, $8,
                              $9, $10, $11, $12, $13, $14, $15, $16, $17)
      AND jobtrail.or_infinity(j.finished_at) = 'infinity'
      AND ($19::timestamptz IS NULL OR (j.updated_at, j.job_id)
           @BEHIND@ ($19, $20::text COLLATE "C"))
    ORDER BY j.updated_at@DOWN@, j.job_id@DOWN@
    LIMIT $18::bigint
), page AS (
    SELECT * FROM (SELECT * FROM ended UNION ALL SELECT * FROM open) AS both_kinds
    ORDER BY coalesce(finished_at, updated_at)@DOWN@, job_id@DOWN@
    LIMIT $18::bigint
)
SELECT p.job_id, p.organization_id, p.status::integer, p.attempt, p.progress::integer, p.type,
       p.creator_id, p.message, p.error_code, NULL::text AS error_detail, p.result_uri,
       p.creator_disputed, p.cancellable, p.created_at, p.started_at, p.finished_at, p.updated_at,
       (SELECT now() >= c.answer_by FROM jobtrail.cancel_command AS c
        WHERE c.job_id = p.job_id AND c.organization_id = p.organization_id
          AND c.attempt = p.attempt AND c.withdrawn_at IS NULL) AS command_due,
       false AS bounded
FROM page AS p
ORDER BY coalesce(p.finished_at, p.updated_at)@DOWN@, p.job_id@DOWN@
