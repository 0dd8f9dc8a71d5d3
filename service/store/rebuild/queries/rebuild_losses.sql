-- SPDX-License-Identifier: Apache-2.0
-- What would be lost with the swap, by kind, each with how often and $1 examples: jobs that would be
-- gone, have another creator, or no longer be disputed. Last, without a kind, how many rows differ.
WITH lost AS (
    SELECT k.kind, d.job_id, d.organization_id, l.creator_id AS before, f.creator_id AS after,
           row_number() OVER (PARTITION BY k.kind ORDER BY d.job_id, d.organization_id) AS place,
           count(*) OVER (PARTITION BY k.kind) AS n
    FROM jobtrail_p2.differing AS d
    JOIN jobtrail_p1.job AS l ON l.job_id = d.job_id AND l.organization_id = d.organization_id
    LEFT JOIN jobtrail_p2.job AS f
        ON f.job_id = d.job_id AND f.organization_id = d.organization_id
    CROSS JOIN (VALUES (0), (1), (2)) AS k(kind)
    WHERE CASE k.kind
          WHEN 0 THEN f.job_id IS NULL
          WHEN 1 THEN f.job_id IS NOT NULL AND l.created_at IS NOT NULL
                      AND f.creator_id IS DISTINCT FROM l.creator_id
          ELSE f.job_id IS NOT NULL AND l.creator_disputed AND NOT f.creator_disputed END
)
SELECT kind, n, job_id, organization_id, before, after FROM lost WHERE place <= $1::bigint
UNION ALL
SELECT -1, count(*), '', '', NULL, NULL FROM jobtrail_p2.differing
ORDER BY 1 DESC, 3, 4
