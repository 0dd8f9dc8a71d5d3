-- SPDX-License-Identifier: Apache-2.0
-- Notes where each log ended when it was last looked at, and up to when the projection has all of it.
-- A moment to come, told or stored, is not believed.
UPDATE jobtrail_p1.source_position AS p
SET log_end = e.log_end, log_end_seen_at = e.seen_at,
    caught_up_at = CASE WHEN e.caught_up_at > clock_timestamp() THEN clock_timestamp()
                        WHEN p.caught_up_at > clock_timestamp() THEN e.caught_up_at
                        ELSE greatest(p.caught_up_at, e.caught_up_at) END
FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::timestamptz[], $5::timestamptz[])
     AS e(topic, partition, log_end, seen_at, caught_up_at)
WHERE p.topic = e.topic AND p.partition = e.partition
