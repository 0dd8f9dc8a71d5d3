-- SPDX-License-Identifier: Apache-2.0
-- A page of jobs by creation, @WAY@. The detail of an error is no part of a list. $1
-- organisation, $2 creator in whose scope (null: all), $3 to $17 the filter, $18 how many, $19 and
-- $20 the time and the id of the job behind which the page begins (null: it is the first).
WITH page AS (
    SELECT j.* FROM jobtrail_p1.job AS j
    WHERE j.organization_id = $1 AND ($2::text IS NULL OR j.creator_id = $2)
      AND jobtrail.job_passes(j.job_id, j.type, j.status, j.message, j.creator_id, j.created_at,
                              j.started_at, j.finished_at, j.updated_at, $3, $4, $5, $6, $7, $8,
                              $9, $10, $11, $12, $13, $14, $15, $16, $17)
      AND ($19::timestamptz IS NULL OR (jobtrail.or_infinity(j.created_at), j.job_id)
           @BEHIND@ ($19, $20::text COLLATE "C"))
    ORDER BY jobtrail.or_infinity(j.created_at)@DOWN@, j.job_id@DOWN@
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
ORDER BY jobtrail.or_infinity(p.created_at)@DOWN@, p.job_id@DOWN@
