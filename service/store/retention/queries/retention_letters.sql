-- SPDX-License-Identifier: Apache-2.0
-- Removes the oldest dead letters, $2 at most, that came by $1 and are published, or never can be. How
-- many.
WITH gone AS (
    DELETE FROM jobtrail.dead_letter
    WHERE id IN (SELECT d.id FROM jobtrail.dead_letter AS d
                 WHERE d.created_at <= $1::timestamptz
                   AND (d.published_at IS NOT NULL OR d.refusal IS NOT NULL)
                 ORDER BY d.id LIMIT $2::bigint)
    RETURNING 1
)
SELECT count(*) FROM gone
