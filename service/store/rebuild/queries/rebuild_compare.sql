-- SPDX-License-Identifier: Apache-2.0
-- Notes the jobs behind a job ($1, $2) up to another ($3, $4; null: to the end) whose rows are not
-- the same in both projections, whatever columns they have; of one moment. Rows that are the same
-- stay so, whatever events come, since a row is what its events make of it.
INSERT INTO jobtrail_p2.differing (job_id, organization_id)
SELECT coalesce(l.job_id, f.job_id), coalesce(l.organization_id, f.organization_id)
FROM (SELECT j.* FROM jobtrail_p1.job AS j
      WHERE (j.job_id, j.organization_id) > ($1::text, $2::text)
        AND ($3::text IS NULL OR (j.job_id, j.organization_id) <= ($3, $4::text))) AS l
FULL JOIN (SELECT j.* FROM jobtrail_p2.job AS j
           WHERE (j.job_id, j.organization_id) > ($1::text, $2::text)
             AND ($3::text IS NULL OR (j.job_id, j.organization_id) <= ($3, $4::text))) AS f
    ON f.job_id = l.job_id AND f.organization_id = l.organization_id
WHERE to_jsonb(l) - 'revision' IS DISTINCT FROM to_jsonb(f) - 'revision'
ON CONFLICT (job_id, organization_id) DO NOTHING
