-- SPDX-License-Identifier: Apache-2.0
-- The types of an organisation's jobs ($1), by the totals.
SELECT type FROM jobtrail_p1.job_count
WHERE organization_id = $1 AND type <> ''
GROUP BY type HAVING sum(n) > 0
ORDER BY type
