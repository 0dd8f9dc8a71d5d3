-- SPDX-License-Identifier: Apache-2.0
-- When the projection had all of every source of these topics ($1), as far as is known; how many
-- events it is behind; and on a replica, up to when it has the primary's commits, for whatever is
-- asked after this.
SELECT CASE WHEN count(*) = count(p.caught_up_at) THEN min(p.caught_up_at) END,
       CASE WHEN count(*) = count(p.log_end)
            THEN sum(greatest(p.log_end - p.next_offset, 0))::bigint END,
       CASE WHEN pg_is_in_recovery()
            THEN coalesce(pg_last_xact_replay_timestamp(), max(p.updated_at), 'epoch') END
FROM (SELECT DISTINCT unnest($1::text[]) AS topic) AS t
LEFT JOIN jobtrail_p1.source_position AS p ON p.topic = t.topic COLLATE "C"
