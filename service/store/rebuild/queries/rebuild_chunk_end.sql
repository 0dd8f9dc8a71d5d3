-- SPDX-License-Identifier: Apache-2.0
-- The job that is $3 jobs behind a job ($1, $2; empty: from the first); none: fewer are left.
SELECT j.job_id, j.organization_id
FROM jobtrail_p1.job AS j
WHERE (j.job_id, j.organization_id) > ($1::text, $2::text)
ORDER BY j.job_id, j.organization_id OFFSET $3::bigint - 1 LIMIT 1
