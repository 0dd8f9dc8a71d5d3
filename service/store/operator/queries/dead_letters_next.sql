-- SPDX-License-Identifier: Apache-2.0
-- The next of the chosen dead letters ($1 to $3 as in dead_letters_chosen.sql) behind $4 and up to
-- $5, with its bytes.
SELECT id, created_at, published_at, topic, partition, record_offset, timestamp_ms, stage,
       reason, message, octet_length(value)::bigint, key, value
FROM jobtrail.dead_letter
WHERE ($1::bigint[] IS NULL OR id = ANY ($1)) AND topic = coalesce($2::text, topic)
  AND reason = coalesce($3::text, reason) AND id > $4::bigint AND id <= $5::bigint
ORDER BY id LIMIT 1
