-- SPDX-License-Identifier: Apache-2.0
-- Jobs of an organisation ($1) that ended by $2, in the order of their ends, behind a place in it ($3
-- and $4): $5 at most.
SELECT j.job_id, j.organization_id, j.type, j.status::integer, j.finished_at, j.updated_at, j.revision
FROM jobtrail_p1.job AS j
WHERE j.organization_id = $1::text AND jobtrail.or_infinity(j.finished_at) <= $2::timestamptz
  AND jobtrail.or_infinity(j.finished_at) >= $3::timestamptz
  AND (jobtrail.or_infinity(j.finished_at) > $3 OR j.job_id > $4::text)
ORDER BY jobtrail.or_infinity(j.finished_at), j.job_id LIMIT $5::bigint
