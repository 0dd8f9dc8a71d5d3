-- SPDX-License-Identifier: Apache-2.0
-- Empties dead letters ($1): what they hold is gone; where they stood and why stays. How many.
WITH theirs AS (
    UPDATE jobtrail.dead_letter AS d
    SET key = NULL, value = NULL, header_names = '{}', header_values = '{}',
        message = 'emptied, since it named a member who was erased'
    WHERE d.id = ANY ($1::bigint[])
    RETURNING 1
)
SELECT count(*) FROM theirs
