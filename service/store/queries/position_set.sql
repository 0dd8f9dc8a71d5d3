-- Puts a source where a person wants it. Nothing is remembered of the record before it, nor of the
-- cluster: whatever is found there is accepted.
INSERT INTO jobtrail_p1.source_position AS p (topic, partition, next_offset, last_offset,
                                              last_timestamp_ms, last_hash)
VALUES ($1::text, $2::integer, $3::bigint, -1, -1, 0)
ON CONFLICT (topic, partition) DO UPDATE
SET next_offset = excluded.next_offset, last_offset = -1, last_timestamp_ms = -1, last_hash = 0,
    log_end = NULL, log_end_seen_at = NULL, caught_up_at = NULL, cluster_id = NULL, owner = NULL,
    updated_at = now()
