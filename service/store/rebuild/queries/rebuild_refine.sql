-- SPDX-License-Identifier: Apache-2.0
-- Forgets those that are the same by now.
DELETE FROM jobtrail_p2.differing AS d
WHERE NOT EXISTS (
    SELECT FROM (SELECT 1) AS one
    LEFT JOIN jobtrail_p1.job AS l
        ON l.job_id = d.job_id AND l.organization_id = d.organization_id
    LEFT JOIN jobtrail_p2.job AS f
        ON f.job_id = d.job_id AND f.organization_id = d.organization_id
    WHERE (l.job_id IS NULL) <> (f.job_id IS NULL)
       OR ROW(l.attempt, l.status, l.progress, l.type, l.creator_id, l.message, l.error_code,
              l.error_detail, l.result_uri, l.creator_disputed, l.cancellable, l.created_at,
              l.started_at, l.finished_at, l.updated_at, l.state, l.history)
          IS DISTINCT FROM
          ROW(f.attempt, f.status, f.progress, f.type, f.creator_id, f.message, f.error_code,
              f.error_detail, f.result_uri, f.creator_disputed, f.cancellable, f.created_at,
              f.started_at, f.finished_at, f.updated_at, f.state, f.history))
