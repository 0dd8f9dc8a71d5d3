-- SPDX-License-Identifier: Apache-2.0
-- So many partitions ($2) each topic ($1) has: those without a row get one, without a position, and
-- count from now on. None of them was there at any moment that is stored for the topic, since its
-- partitions are always asked for after the moment; so the latest of these moments is theirs.
INSERT INTO jobtrail_p1.source_position (topic, partition, last_offset, last_timestamp_ms, last_hash,
                                         caught_up_at)
SELECT t.topic, number, -1, 0, 0,
       (SELECT max(p.caught_up_at) FROM jobtrail_p1.source_position AS p
        WHERE p.topic = t.topic AND p.caught_up_at <= clock_timestamp())
FROM (SELECT n.topic, max(n.partitions) AS partitions
      FROM unnest($1::text[], $2::integer[]) AS n(topic, partitions) GROUP BY n.topic) AS t,
     generate_series(0, t.partitions - 1) AS number
WHERE NOT EXISTS (SELECT FROM jobtrail_p1.source_position AS p
                  WHERE p.topic = t.topic AND p.partition = number)
ORDER BY t.topic, number
ON CONFLICT (topic, partition) DO NOTHING
