-- SPDX-License-Identifier: Apache-2.0
-- The dead letters behind $1, $2 at most, each with its value.
SELECT d.id, d.value FROM jobtrail.dead_letter AS d WHERE d.id > $1::bigint ORDER BY d.id LIMIT $2::bigint
