-- SPDX-License-Identifier: Apache-2.0
-- When the projection had all of every source of these topics ($1), as far as is known; how many
-- events it is behind; and on a replica, up to when it has the primary's commits, for whatever is
-- asked after this. A moment to come is not believed; a replica's clock does not judge.
SELECT CASE WHEN count(*) = count(p.caught_up_at)
                 AND (pg_is_in_recovery() OR max(p.caught_up_at) <= clock_timestamp())
            THEN min(p.caught_up_at) END,
       CASE WHEN count(*) = count(p.log_end) AND count(*) = count(p.next_offset)
            THEN sum(greatest(p.log_end - p.next_offset, 0))::bigint END,
       CASE WHEN pg_is_in_recovery()
            THEN coalesce(pg_last_xact_replay_timestamp(), max(p.updated_at), 'epoch') END
FROM (SELECT DISTINCT unnest($1::text[]) AS topic) AS t
LEFT JOIN jobtrail_p1.source_position AS p ON p.topic = t.topic COLLATE "C"
