-- SPDX-License-Identifier: Apache-2.0
-- All sources, of events and of cancel requests, for a person. A log is at least as long as it was
-- read, also where it was looked at before that.
SELECT topic, partition, next_offset, last_offset, last_timestamp_ms, last_hash,
       CASE WHEN log_end < next_offset THEN next_offset ELSE log_end END,
       log_end_seen_at, caught_up_at, updated_at, cluster_id, owner
FROM jobtrail_p1.source_position
UNION ALL
SELECT topic, partition, next_offset, last_offset, last_timestamp_ms, last_hash,
       CASE WHEN log_end < next_offset THEN next_offset ELSE log_end END,
       log_end_seen_at, NULL::timestamptz, updated_at, cluster_id, owner
FROM jobtrail.cancel_position
ORDER BY topic, partition
