-- SPDX-License-Identifier: Apache-2.0
-- The types of an organisation's jobs ($1), by the totals, from $2 on (null: the first), $3 at most.
SELECT type FROM jobtrail_p1.job_count
WHERE organization_id = $1 AND type <> '' AND ($2::text IS NULL OR type >= $2 COLLATE "C")
GROUP BY type HAVING sum(n) > 0
ORDER BY type
LIMIT $3::bigint
