-- SPDX-License-Identifier: Apache-2.0
-- All sources, of events and of cancel requests, for a person.
SELECT topic, partition, next_offset, last_offset, last_timestamp_ms, last_hash, log_end,
       log_end_seen_at, caught_up_at, updated_at, cluster_id, owner
FROM jobtrail_p1.source_position
UNION ALL
SELECT topic, partition, next_offset, last_offset, last_timestamp_ms, last_hash, NULL::bigint,
       NULL::timestamptz, NULL::timestamptz, updated_at, cluster_id, owner
FROM jobtrail.cancel_position
ORDER BY topic, partition
