-- SPDX-License-Identifier: Apache-2.0
-- Up to when ended jobs have left, line by line, and of each organisation the job that ended first and is
-- still there: the oldest of these. Levels are as everywhere here.
WITH RECURSIVE organizations AS (
    (SELECT c.organization_id FROM jobtrail_p1.job_count AS c ORDER BY c.organization_id LIMIT 1)
    UNION ALL
    SELECT (SELECT c.organization_id FROM jobtrail_p1.job_count AS c
            WHERE c.organization_id > o.organization_id ORDER BY c.organization_id LIMIT 1)
    FROM organizations AS o WHERE o.organization_id IS NOT NULL
), firsts AS (
    SELECT o.organization_id,
           (SELECT jobtrail.or_infinity(j.finished_at) FROM jobtrail_p1.job AS j
            WHERE j.organization_id = o.organization_id
            ORDER BY jobtrail.or_infinity(j.finished_at) LIMIT 1) AS finished_at
    FROM (SELECT organization_id FROM organizations
          WHERE organization_id IS NOT NULL LIMIT 10000) AS o
), oldest AS (
    SELECT f.organization_id, f.finished_at FROM firsts AS f
    WHERE f.finished_at < 'infinity' ORDER BY f.finished_at LIMIT 1
)
SELECT 0, 'horizon',
       format('of %s and %s %s', CASE of_organization
              WHEN '' THEN 'every other organisation' ELSE of_organization END, CASE of_type
              WHEN '' THEN 'every other type' ELSE 'type ' || of_type END,
              coalesce('what ended by ' || to_char(ended_before AT TIME ZONE 'UTC',
                                                   'YYYY-MM-DD"T"HH24:MI:SS"Z"') || ' has left, or leaves now',
                       'nothing has left')),
       NULL
FROM (SELECT * FROM jobtrail_p1.horizon ORDER BY of_organization, of_type LIMIT 50) AS h
UNION ALL
SELECT 0, 'oldest',
       format('the job that ended first of those that are there did so at %s, in %s: it leaves as long after its'
              ' last event as the options say',
              to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), organization_id),
       NULL
FROM oldest
