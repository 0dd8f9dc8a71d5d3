-- SPDX-License-Identifier: Apache-2.0
-- Where a reader of changes begins: an id all of whose predecessors are visible by now, or never
-- will be, since it was drawn longer ago than a transaction may take (10 seconds); about a minute
-- back, or where there is none so old, 1,000 ids before the first. Since when all that became
-- visible lies behind it. And when this server started.
WITH newest AS (
    SELECT c.id, c.created_at FROM jobtrail.change AS c ORDER BY c.id DESC LIMIT 5000
), bounds AS (
    SELECT max(n.id) FILTER (WHERE n.created_at <= now() - interval '1 minute') AS settled,
           min(n.id) AS first, min(n.created_at) AS since, count(*) AS many
    FROM newest AS n
)
SELECT coalesce(b.settled, greatest(coalesce(b.first, s.last_value) - 1000, 0)),
       CASE WHEN b.settled IS NULL AND b.many = 5000 THEN b.since + interval '10 seconds'
            ELSE now() - interval '50 seconds' END,
       pg_postmaster_start_time()
FROM bounds AS b, jobtrail.change_id_seq AS s
