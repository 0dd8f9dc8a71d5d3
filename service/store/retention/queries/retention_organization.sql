-- SPDX-License-Identifier: Apache-2.0
-- The organisation behind $1. Each that has jobs has totals.
SELECT c.organization_id FROM jobtrail_p1.job_count AS c
WHERE c.organization_id > $1::text
ORDER BY c.organization_id LIMIT 1
