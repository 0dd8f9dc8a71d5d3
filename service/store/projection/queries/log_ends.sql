-- SPDX-License-Identifier: Apache-2.0
-- Notes how long each log was when it was last looked at.
UPDATE jobtrail_p1.source_position AS p
SET log_end = e.log_end, log_end_seen_at = e.seen_at,
    caught_up_at = greatest(p.caught_up_at, e.caught_up_at)
FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::timestamptz[], $5::timestamptz[])
     AS e(topic, partition, log_end, seen_at, caught_up_at)
WHERE p.topic = e.topic AND p.partition = e.partition
