-- SPDX-License-Identifier: Apache-2.0
-- Of the dead letters behind $1, $2 at most, those that name both an organisation ($3, $5) and a member
-- ($4, $6), each as Avro and as JSON write a text: what they hold is gone; where they stood and why stays.
-- The last that was looked at, how many were, and how many were emptied.
WITH page AS (
    SELECT d.id FROM jobtrail.dead_letter AS d WHERE d.id > $1::bigint ORDER BY d.id LIMIT $2::bigint
), theirs AS (
    UPDATE jobtrail.dead_letter AS d
    SET key = NULL, value = NULL, header_names = '{}', header_values = '{}',
        message = 'emptied, since it named a member who was erased'
    FROM page AS p
    WHERE d.id = p.id AND (position($3::bytea IN d.value) > 0 OR position($5::bytea IN d.value) > 0)
      AND (position($4::bytea IN d.value) > 0 OR position($6::bytea IN d.value) > 0)
    RETURNING 1
)
SELECT coalesce((SELECT max(id) FROM page), 0), (SELECT count(*) FROM page),
       (SELECT count(*) FROM theirs)
