-- SPDX-License-Identifier: Apache-2.0
-- Begins to fill from a partition ($1, $2) at an offset ($3), unless that was begun.
INSERT INTO jobtrail_p2.source_position AS p (topic, partition, next_offset, last_offset,
                                              last_timestamp_ms, last_hash)
VALUES ($1::text, $2::integer, $3::bigint, -1, 0, 0)
ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset
WHERE p.next_offset IS NULL
