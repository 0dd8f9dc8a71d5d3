-- SPDX-License-Identifier: Apache-2.0
-- The offset that the projection reads next of topic $1, partition $2; -1: it has read nothing of it.
SELECT coalesce(max(next_offset), -1) FROM jobtrail_p1.source_position
WHERE topic = $1 AND partition = $2::integer
