-- SPDX-License-Identifier: Apache-2.0
-- What was changed: behind the id $1, and by the transactions $2 that were not visible before. At
-- most $4 of each. One that changed more than $3 jobs names only their organisations. Each row says
-- at which moment this was asked, whether of a replica and what that had replayed, and when its own
-- transaction began; with no change there is one row all the same.
WITH seen AS (
    (SELECT c.* FROM jobtrail.change AS c WHERE c.id = ANY ($2::bigint[]) LIMIT $4::bigint)
    UNION ALL
    (SELECT c.* FROM jobtrail.change AS c WHERE c.id > $1::bigint ORDER BY c.id LIMIT $4)
)
SELECT statement_timestamp(), pg_is_in_recovery(),
       CASE WHEN pg_is_in_recovery() THEN pg_last_xact_replay_timestamp() END, s.id, s.created_at,
       CASE WHEN cardinality(s.job_ids) <= $3::integer THEN s.job_ids END,
       CASE WHEN cardinality(s.job_ids) <= $3 THEN s.organization_ids
            ELSE ARRAY(SELECT DISTINCT o FROM unnest(s.organization_ids) AS o) END
FROM (VALUES (true)) AS one LEFT JOIN seen AS s ON true
ORDER BY s.id
