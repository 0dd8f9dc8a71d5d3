-- SPDX-License-Identifier: Apache-2.0
-- The newest dead letters: $1 at most, of topic $2 and reason $3 unless these are null.
SELECT id, created_at, published_at, topic, partition, record_offset, timestamp_ms, stage,
       reason, message, octet_length(value)::bigint
FROM jobtrail.dead_letter
WHERE topic = coalesce($2::text, topic) AND reason = coalesce($3::text, reason)
ORDER BY id DESC LIMIT $1::bigint
