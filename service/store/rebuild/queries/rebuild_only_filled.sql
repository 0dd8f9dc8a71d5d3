-- SPDX-License-Identifier: Apache-2.0
-- Of the jobs that the live projection does not have, those behind one ($1, $2) that ended, as they are in
-- what is filled: $3 at most.
SELECT f.job_id, f.organization_id, f.type, f.status::integer, f.finished_at, f.updated_at, f.revision
FROM jobtrail_p2.differing AS d
JOIN jobtrail_p2.job AS f ON f.job_id = d.job_id AND f.organization_id = d.organization_id
LEFT JOIN jobtrail_p1.job AS l ON l.job_id = d.job_id AND l.organization_id = d.organization_id
WHERE l.job_id IS NULL AND f.finished_at IS NOT NULL
  AND (d.job_id, d.organization_id) > ($1::text, $2::text)
ORDER BY d.job_id, d.organization_id LIMIT $3::bigint
