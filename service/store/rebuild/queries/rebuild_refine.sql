-- SPDX-License-Identifier: Apache-2.0
-- Forgets those that are the same by now.
DELETE FROM jobtrail_p2.differing AS d
WHERE NOT EXISTS (
    SELECT FROM (SELECT 1) AS one
    LEFT JOIN jobtrail_p1.job AS l
        ON l.job_id = d.job_id AND l.organization_id = d.organization_id
    LEFT JOIN jobtrail_p2.job AS f
        ON f.job_id = d.job_id AND f.organization_id = d.organization_id
    WHERE to_jsonb(l) - 'revision' IS DISTINCT FROM to_jsonb(f) - 'revision')
