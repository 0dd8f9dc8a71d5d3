-- SPDX-License-Identifier: Apache-2.0
-- Where a reader of changes begins: behind an id all of whose predecessors are visible by now, or
-- never will be, since they were drawn longer ago than the $2 seconds that a transaction may take.
-- That is an id of $1 seconds ago, of the newest $3, and of $2 more, since it was itself drawn up to
-- $2 seconds after its transaction began; where there is none so old, 1,000 ids before the first.
-- Since when all that became visible lies behind it. When this server started, whether it is a
-- replica, and what that has replayed: there, now is then. core/stream_resume.h has the three numbers.
WITH newest AS (
    SELECT c.id, c.created_at FROM jobtrail.change AS c ORDER BY c.id DESC LIMIT $3::bigint
), server AS (
    SELECT pg_is_in_recovery() AS is_replica,
           CASE WHEN pg_is_in_recovery() THEN pg_last_xact_replay_timestamp() END AS replayed
), clock AS (
    SELECT CASE WHEN s.is_replica
                THEN coalesce(s.replayed, (SELECT max(n.created_at) FROM newest AS n), now())
                ELSE now() END AS now
    FROM server AS s
), bounds AS (
    SELECT max(n.id) FILTER (WHERE n.created_at <= c.now - interval '1 second' * ($1::bigint + $2))
               AS settled,
           min(n.id) AS first, min(n.created_at) AS since, count(n.id) AS many
    FROM clock AS c LEFT JOIN newest AS n ON true
)
SELECT coalesce(b.settled, greatest(coalesce(b.first, i.last_value) - 1000, 0)),
       CASE WHEN b.settled IS NULL AND b.many = $3
            THEN b.since + interval '1 second' * $2::bigint
            ELSE c.now - interval '1 second' * ($1 - $2) END,
       pg_postmaster_start_time(), s.is_replica, s.replayed
FROM bounds AS b, clock AS c, server AS s, jobtrail.change_id_seq AS i
