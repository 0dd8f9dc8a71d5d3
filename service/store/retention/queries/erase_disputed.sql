-- SPDX-License-Identifier: Apache-2.0
-- Jobs of an organisation ($1) behind one ($2) whose creator is disputed, so that their history may name
-- others too: $3 at most.
SELECT j.job_id, j.organization_id, j.status::integer, j.attempt, j.progress::integer, j.type,
       j.creator_id, j.message, j.error_code, j.error_detail, j.result_uri, j.creator_disputed,
       j.cancellable, j.created_at, j.started_at, j.finished_at, j.updated_at, j.state, j.history,
       j.revision
FROM jobtrail_p1.job AS j
WHERE j.organization_id = $1::text AND j.creator_disputed AND j.job_id > $2::text
ORDER BY j.job_id LIMIT $3::bigint
