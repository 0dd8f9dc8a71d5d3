-- SPDX-License-Identifier: Apache-2.0
-- How far the projection is filled from a partition ($1, $2), if it was begun.
SELECT next_offset, last_offset, last_timestamp_ms, last_hash
FROM jobtrail_p2.source_position
WHERE topic = $1::text AND partition = $2::integer AND next_offset IS NOT NULL
