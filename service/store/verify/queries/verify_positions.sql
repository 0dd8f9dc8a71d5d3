-- SPDX-License-Identifier: Apache-2.0
-- How far each source of events was read.
SELECT topic, partition, next_offset, last_offset, last_timestamp_ms, last_hash, cluster_id
FROM jobtrail_p1.source_position
WHERE next_offset IS NOT NULL
ORDER BY topic, partition
