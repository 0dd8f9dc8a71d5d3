-- SPDX-License-Identifier: Apache-2.0
-- The rows of these keys, as far as they are there.
SELECT j.job_id, j.organization_id, j.status::integer, j.attempt, j.progress::integer, j.type,
       j.creator_id, j.message, j.error_code, j.error_detail, j.result_uri, j.creator_disputed,
       j.cancellable, j.created_at, j.started_at, j.finished_at, j.updated_at, j.state, j.history,
       j.revision
FROM unnest($1::text[], $2::text[]) AS k(job_id, organization_id)
JOIN jobtrail_p1.job AS j
    ON j.job_id = k.job_id AND (j.organization_id = k.organization_id) IS TRUE -- see rows_update
