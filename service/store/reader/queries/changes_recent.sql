-- SPDX-License-Identifier: Apache-2.0
-- Where a reader of changes begins: behind an id all of whose predecessors are visible by now, or
-- never will be, since it was drawn longer ago than the $2 seconds that a transaction may take.
-- That is an id of $1 seconds ago, of the newest $3; where there is none so old, 1,000 ids before
-- the first. Since when all that became visible lies behind it. And when this server started.
-- core/stream_resume.h has the three numbers.
WITH newest AS (
    SELECT c.id, c.created_at FROM jobtrail.change AS c ORDER BY c.id DESC LIMIT $3::bigint
), bounds AS (
    SELECT max(n.id) FILTER (WHERE n.created_at <= now() - interval '1 second' * $1::bigint)
               AS settled,
           min(n.id) AS first, min(n.created_at) AS since, count(*) AS many
    FROM newest AS n
)
SELECT coalesce(b.settled, greatest(coalesce(b.first, s.last_value) - 1000, 0)),
       CASE WHEN b.settled IS NULL AND b.many = $3
            THEN b.since + interval '1 second' * $2::bigint
            ELSE now() - interval '1 second' * ($1 - $2) END,
       pg_postmaster_start_time()
FROM bounds AS b, jobtrail.change_id_seq AS s
