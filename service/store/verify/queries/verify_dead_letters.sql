-- SPDX-License-Identifier: Apache-2.0
-- Which records of a partition ($1, $2) were put aside as dead letters, from an offset ($3) to
-- before another ($4); $5 at most.
SELECT d.record_offset
FROM jobtrail.dead_letter AS d
WHERE d.topic = $1::text AND d.partition = $2::integer
  AND d.record_offset >= $3::bigint AND d.record_offset < $4::bigint
ORDER BY d.record_offset
LIMIT $5::bigint
