-- SPDX-License-Identifier: Apache-2.0
-- The rows of these keys, as far as they are there.
SELECT j.job_id, j.organization_id, j.status::integer, j.attempt, j.progress::integer, j.type,
       j.creator_id, j.message, j.error_code, j.error_detail, j.result_uri, j.creator_disputed,
       j.cancellable, j.created_at, j.started_at, j.finished_at, j.updated_at, j.state, j.history,
       j.revision
FROM (SELECT unnest($1::text[]) AS job_id, unnest($2::text[]) AS organization_id) AS k
JOIN jobtrail_p1.job AS j
    ON j.job_id = k.job_id AND (j.organization_id = k.organization_id) IS TRUE -- see rows_update
