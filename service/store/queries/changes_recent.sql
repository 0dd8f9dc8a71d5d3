-- SPDX-License-Identifier: Apache-2.0
-- Where a reader of changes begins: the id behind which lies what was changed in the last minute,
-- in 5,000 transactions at most; since when all that became visible lies behind it, a transaction
-- being visible 10 seconds after it began, or never; and when this server started.
WITH newest AS (
    SELECT c.id, c.created_at FROM jobtrail.change AS c ORDER BY c.id DESC LIMIT 5000
), recent AS (
    SELECT min(n.id) AS first, min(n.created_at) AS since, count(*) AS many FROM newest AS n
    WHERE n.created_at > now() - interval '1 minute'
)
SELECT coalesce(r.first - 1, (SELECT max(n.id) FROM newest AS n), greatest(s.last_value - 1000, 0)),
       CASE WHEN r.many = 5000 THEN r.since + interval '10 seconds'
            ELSE now() - interval '50 seconds' END,
       pg_postmaster_start_time()
FROM recent AS r, jobtrail.change_id_seq AS s
