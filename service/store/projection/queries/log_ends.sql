-- SPDX-License-Identifier: Apache-2.0
-- Notes where each log ended when it was last looked at, and up to when the projection has all of it.
-- A moment to come, told or stored, is not believed.
--
-- So many partitions its topic has ($6): those without a row get one, without a position, and count
-- from now on. None of them was there at any moment that is stored for the topic, since the topic's
-- partitions are always asked for after the moment; so the latest of these moments is theirs.
WITH seen AS (
    SELECT s.topic, s.partition, s.log_end, s.seen_at, s.partitions,
           CASE WHEN s.caught_up_at > clock_timestamp() THEN clock_timestamp()
                ELSE s.caught_up_at END AS caught_up_at
    FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::timestamptz[], $5::timestamptz[],
                $6::integer[])
         AS s(topic, partition, log_end, seen_at, caught_up_at, partitions)
), added AS (
    INSERT INTO jobtrail_p1.source_position (topic, partition, last_offset, last_timestamp_ms,
                                             last_hash, caught_up_at)
    SELECT t.topic, number, -1, 0, 0,
           (SELECT max(p.caught_up_at) FROM jobtrail_p1.source_position AS p
            WHERE p.topic = t.topic AND p.caught_up_at <= clock_timestamp())
    FROM (SELECT topic, max(partitions) AS partitions FROM seen GROUP BY topic) AS t,
         generate_series(0, t.partitions - 1) AS number
    WHERE NOT EXISTS (SELECT FROM jobtrail_p1.source_position AS p
                      WHERE p.topic = t.topic AND p.partition = number)
    ORDER BY t.topic, number
    ON CONFLICT (topic, partition) DO NOTHING
)
UPDATE jobtrail_p1.source_position AS p
SET log_end = seen.log_end, log_end_seen_at = seen.seen_at,
    caught_up_at = CASE WHEN p.caught_up_at > clock_timestamp() THEN seen.caught_up_at
                        ELSE greatest(p.caught_up_at, seen.caught_up_at) END
FROM seen
WHERE p.topic = seen.topic AND p.partition = seen.partition
