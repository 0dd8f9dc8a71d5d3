-- SPDX-License-Identifier: Apache-2.0
-- A page of the newest 10,000 jobs in scope by any key, @WAY@. $1 to $18 as in
-- jobs_by_created, $19 which key, $20 until when what runs has lasted, $21 to $24 its time, number and
-- text and the id of the job behind which the page begins (null: it is the first). One row is always
-- there, without a job if there is none, and tells whether there are more than those 10,000. Beside
-- them a search looks at the job whose id it is, however old.
WITH newest AS (
    -- Without the columns that only the projection reads, which are the widest.
    SELECT j.job_id, j.organization_id, j.status, j.attempt, j.progress, j.type, j.creator_id,
           j.message, j.error_code, j.result_uri, j.creator_disputed, j.cancellable, j.created_at,
           j.started_at, j.finished_at, j.updated_at
    FROM jobtrail_p1.job AS j
    WHERE j.organization_id = $1 AND ($2::text IS NULL OR j.creator_id = $2)
    ORDER BY jobtrail.or_infinity(j.created_at) DESC, j.job_id DESC
    LIMIT 10000
), matching AS (
    SELECT j.*,
           CASE $19::text WHEN 'created' THEN jobtrail.or_infinity(j.created_at)
                          WHEN 'updated' THEN coalesce(j.finished_at, j.updated_at)
                          WHEN 'started' THEN jobtrail.or_infinity(j.started_at)
                          WHEN 'finished' THEN jobtrail.or_infinity(j.finished_at)
                          -- A time, as of 1970; without a zone, in which a day may have 25 hours.
                          WHEN 'duration' THEN
                              (CASE WHEN j.started_at IS NULL
                                    THEN timestamp '1969-12-31 23:59:59.999999'
                                    ELSE timestamp 'epoch'
                                         + (greatest(coalesce(j.finished_at, $20::timestamptz),
                                                     j.started_at) - j.started_at)
                               END) AT TIME ZONE 'UTC'
                          ELSE '-infinity' END AS sort_time,
           CASE $19::text WHEN 'status' THEN j.status::integer
                          WHEN 'progress' THEN coalesce(j.progress::integer, -1)
                          ELSE 0 END AS sort_number,
           CASE $19::text WHEN 'type' THEN coalesce(j.type, '')
                          WHEN 'creator' THEN coalesce(j.creator_id, '')
                          WHEN 'message' THEN left(coalesce(j.message, ''), 100)
                          ELSE '' END COLLATE "C" AS sort_text
    FROM (SELECT * FROM newest WHERE $16::text IS NULL OR job_id <> $16 COLLATE "C"
          UNION ALL
          SELECT j.job_id, j.organization_id, j.status, j.attempt, j.progress, j.type, j.creator_id,
                 j.message, j.error_code, j.result_uri, j.creator_disputed, j.cancellable,
                 j.created_at, j.started_at, j.finished_at, j.updated_at
          FROM jobtrail_p1.job AS j
          WHERE j.job_id = $16 COLLATE "C" AND j.organization_id = $1
            AND ($2::text IS NULL OR j.creator_id = $2)) AS j
    WHERE jobtrail.job_passes(j.job_id, j.type, j.status, j.message, j.creator_id, j.created_at,
                              j.started_at, j.finished_at, j.updated_at, $3, $4, $5, $6, $7, $8,
                              $9, $10, $11, $12, $13, $14, $15, $16, $17)
), page AS (
    SELECT * FROM matching
    WHERE $21::timestamptz IS NULL OR (sort_time, sort_number, sort_text, job_id)
                             @BEHIND@ ($21, $22::integer, $23::text COLLATE "C",
                                $24::text COLLATE "C")
    ORDER BY sort_time@DOWN@, sort_number@DOWN@, sort_text@DOWN@, job_id@DOWN@
    LIMIT $18::bigint
)
SELECT p.job_id, p.organization_id, p.status::integer, p.attempt, p.progress::integer, p.type,
       p.creator_id, p.message, p.error_code, NULL::text AS error_detail, p.result_uri,
       p.creator_disputed, p.cancellable, p.created_at, p.started_at, p.finished_at, p.updated_at,
       (SELECT now() >= c.answer_by FROM jobtrail.cancel_command AS c
        WHERE c.job_id = p.job_id AND c.organization_id = p.organization_id
          AND c.attempt = p.attempt AND c.withdrawn_at IS NULL) AS command_due,
       looked.bounded
-- In no order, so that an index tells it without looking at the jobs once more.
FROM (SELECT EXISTS (SELECT FROM jobtrail_p1.job AS j
                     WHERE j.organization_id = $1 AND ($2 IS NULL OR j.creator_id = $2)
                     OFFSET 10000) AS bounded) AS looked
LEFT JOIN page AS p ON true
ORDER BY p.sort_time@DOWN@, p.sort_number@DOWN@, p.sort_text@DOWN@, p.job_id@DOWN@
