-- SPDX-License-Identifier: Apache-2.0
-- Where @SOURCE@ stands.
SELECT next_offset, last_offset, last_timestamp_ms, last_hash, cluster_id
FROM @POSITIONS@ WHERE topic = $1::text AND partition = $2::integer
