-- SPDX-License-Identifier: Apache-2.0
-- Notes the jobs behind a job ($1, $2) up to another ($3, $4; null: to the end) whose rows are not
-- the same in both projections, of one moment; all columns count but for the revision, which is drawn
-- anew. Rows that are the same stay so, whatever events come, since a row is what its events make of
-- it. The columns are named (rebuild_refine names them, too): made JSON of, rows took six times as
-- long.
INSERT INTO jobtrail_p2.differing (job_id, organization_id)
SELECT coalesce(l.job_id, f.job_id), coalesce(l.organization_id, f.organization_id)
FROM (SELECT j.* FROM jobtrail_p1.job AS j
      WHERE (j.job_id, j.organization_id) > ($1::text, $2::text)
        AND ($3::text IS NULL OR (j.job_id, j.organization_id) <= ($3, $4::text))) AS l
FULL JOIN (SELECT j.* FROM jobtrail_p2.job AS j
           WHERE (j.job_id, j.organization_id) > ($1::text, $2::text)
             AND ($3::text IS NULL OR (j.job_id, j.organization_id) <= ($3, $4::text))) AS f
    ON f.job_id = l.job_id AND f.organization_id = l.organization_id
WHERE l.job_id IS NULL OR f.job_id IS NULL
   OR ROW(l.attempt, l.status, l.progress, l.type, l.creator_id, l.message, l.error_code,
          l.error_detail, l.result_uri, l.creator_disputed, l.cancellable, l.created_at,
          l.started_at, l.finished_at, l.updated_at, l.state, l.history)
      IS DISTINCT FROM
      ROW(f.attempt, f.status, f.progress, f.type, f.creator_id, f.message, f.error_code,
          f.error_detail, f.result_uri, f.creator_disputed, f.cancellable, f.created_at,
          f.started_at, f.finished_at, f.updated_at, f.state, f.history)
ON CONFLICT (job_id, organization_id) DO NOTHING
