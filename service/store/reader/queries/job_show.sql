-- SPDX-License-Identifier: Apache-2.0
-- One job. $1 organisation, $2 creator in whose scope (null: all), $3 the job.
SELECT p.job_id, p.organization_id, p.status::integer, p.attempt, p.progress::integer, p.type,
       p.creator_id, p.message, p.error_code, p.error_detail, p.result_uri, p.creator_disputed,
       p.cancellable, p.created_at, p.started_at, p.finished_at, p.updated_at,
       (SELECT now() >= c.answer_by FROM jobtrail.cancel_command AS c
        WHERE c.job_id = p.job_id AND c.organization_id = p.organization_id
          AND c.attempt = p.attempt AND c.withdrawn_at IS NULL) AS command_due,
       false AS bounded
FROM jobtrail_p1.job AS p
WHERE p.job_id = $3::text AND p.organization_id = $1
  AND ($2::text IS NULL OR p.creator_id = $2)
