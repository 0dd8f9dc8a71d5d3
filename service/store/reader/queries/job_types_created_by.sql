-- SPDX-License-Identifier: Apache-2.0
-- The types of the jobs of an organisation's ($1) member ($4), from $2 on (null: the first), $3 at
-- most.
SELECT DISTINCT type FROM jobtrail_p1.job
WHERE organization_id = $1 AND creator_id = $4 AND type IS NOT NULL
  AND ($2::text IS NULL OR type >= $2 COLLATE "C")
ORDER BY type
LIMIT $3::bigint
