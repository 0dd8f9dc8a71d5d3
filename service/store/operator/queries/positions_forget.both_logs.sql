-- SPDX-License-Identifier: Apache-2.0
-- Forgets all of a topic that is @SOURCE@: each partition is a new one then.
DELETE FROM @POSITIONS@ WHERE topic = $1::text
RETURNING topic, partition, next_offset
