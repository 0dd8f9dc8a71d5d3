-- SPDX-License-Identifier: Apache-2.0
-- Which records of a partition ($1, $2) were put aside as dead letters, from an offset ($3) to
-- before another ($4); $5 at most. By place and moment: one may be of the log that the topic had before.
SELECT d.record_offset, d.timestamp_ms
FROM jobtrail.dead_letter AS d
WHERE d.topic = $1::text AND d.partition = $2::integer
  AND d.record_offset >= $3::bigint AND d.record_offset < $4::bigint
ORDER BY d.record_offset
LIMIT $5::bigint
