-- SPDX-License-Identifier: Apache-2.0
-- One dead letter with its bytes.
SELECT id, created_at, published_at, topic, partition, record_offset, timestamp_ms, stage,
       reason, message, octet_length(value)::bigint, key, value
FROM jobtrail.dead_letter WHERE id = $1::bigint
