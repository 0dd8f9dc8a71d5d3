-- SPDX-License-Identifier: Apache-2.0
-- The types of the jobs of an organisation's ($1) member ($2).
SELECT DISTINCT type FROM jobtrail_p1.job
WHERE organization_id = $1 AND creator_id = $2 AND type IS NOT NULL
ORDER BY type
