-- SPDX-License-Identifier: Apache-2.0
-- Moves positions of @SOURCE@ from where they must still stand.
WITH moved AS (
    UPDATE @POSITIONS@ AS p
    SET next_offset = m.next_offset, last_offset = m.last_offset,
        last_timestamp_ms = m.last_timestamp_ms, last_hash = m.last_hash,
        owner = $8::text, updated_at = now()
    FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                $7::bigint[])
         AS m(topic, partition, expected, next_offset, last_offset, last_timestamp_ms, last_hash)
    WHERE p.topic = m.topic AND p.partition = m.partition AND p.next_offset = m.expected
    RETURNING 1
)
SELECT jobtrail.require((SELECT count(*) FROM moved) = cardinality($1), 'JT001',
                        'a position is not where this batch began')
