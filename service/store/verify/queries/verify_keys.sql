-- SPDX-License-Identifier: Apache-2.0
-- The jobs behind a job ($1, $2; empty: from the first), in the order of the primary key; of one
-- organisation ($3) or of all (null); $4 at most.
SELECT j.job_id, j.organization_id
FROM jobtrail_p1.job AS j
WHERE (j.job_id, j.organization_id) > ($1::text, $2::text)
  AND ($3::text IS NULL OR j.organization_id = $3)
ORDER BY j.job_id, j.organization_id
LIMIT $4::bigint
