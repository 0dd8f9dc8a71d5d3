-- SPDX-License-Identifier: Apache-2.0
-- The headers of one dead letter, in their order.
SELECT h.name, h.value
FROM jobtrail.dead_letter AS d,
     unnest(d.header_names, d.header_values) WITH ORDINALITY AS h(name, value, position)
WHERE d.id = $1::bigint ORDER BY h.position
