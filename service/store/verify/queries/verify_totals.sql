-- SPDX-License-Identifier: Apache-2.0
-- The totals that are kept and are not what counting the rows gives: of one organisation ($1), or of
-- all (null). One statement, so that both are of one snapshot.
SELECT t.organization_id, t.type, t.status::integer, sum(t.kept)::bigint, sum(t.counted)::bigint
FROM (SELECT j.organization_id, coalesce(j.type, '') AS type, j.status, 0::bigint AS kept,
             count(*) AS counted
      FROM jobtrail_p1.job AS j
      WHERE $1::text IS NULL OR j.organization_id = $1
      GROUP BY 1, 2, 3
      UNION ALL
      SELECT c.organization_id, c.type, c.status, sum(c.n), 0
      FROM jobtrail_p1.job_count AS c
      WHERE $1::text IS NULL OR c.organization_id = $1
      GROUP BY 1, 2, 3) AS t
GROUP BY 1, 2, 3
HAVING sum(t.kept) <> sum(t.counted)
ORDER BY 1, 2, 3
