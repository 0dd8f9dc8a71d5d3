-- SPDX-License-Identifier: Apache-2.0
-- Where @SOURCE@ stands. One that is known and was never begun stands nowhere.
SELECT next_offset, last_offset, last_timestamp_ms, last_hash, cluster_id
FROM @POSITIONS@ WHERE topic = $1::text AND partition = $2::integer AND next_offset IS NOT NULL
