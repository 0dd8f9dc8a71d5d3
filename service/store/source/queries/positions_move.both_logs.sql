-- SPDX-License-Identifier: Apache-2.0
-- Moves positions of @SOURCE@ from where they must still stand. Once a minute the record that was
-- the last so far becomes a checkpoint, of which four are kept; the first one is the first record
-- that was ever read, so that a log that is made again beneath the first batch is noticed.
-- JT001: one stands elsewhere. JT005: it stands where it must, and was not moved.
WITH moved AS (
    UPDATE @POSITIONS@ AS p
    SET next_offset = m.next_offset, last_offset = m.last_offset,
        last_timestamp_ms = m.last_timestamp_ms, last_hash = m.last_hash,
        (checkpoints, checkpointed_at) = (
            SELECT CASE WHEN due.is_first
                        THEN ARRAY[m.first_offset, m.first_timestamp_ms, m.first_hash]
                        WHEN due.is_due
                        THEN (ARRAY[p.last_offset, p.last_timestamp_ms, p.last_hash]
                              || p.checkpoints)[1:12] ELSE p.checkpoints END,
                   CASE WHEN due.is_first OR due.is_due THEN now() ELSE p.checkpointed_at END
            FROM (SELECT p.last_offset < 0 AND m.first_offset >= 0 AS is_first,
                         p.last_offset >= 0
                         AND coalesce(p.checkpointed_at < now() - interval '1 minute', true)
                         AS is_due) AS due),
        owner = $8::text, updated_at = now()
    FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                $7::bigint[], $9::bigint[], $10::bigint[], $11::bigint[])
         AS m(topic, partition, expected, next_offset, last_offset, last_timestamp_ms, last_hash,
              first_offset, first_timestamp_ms, first_hash)
    WHERE p.topic = m.topic AND p.partition = m.partition AND p.next_offset = m.expected
    RETURNING 1
)
SELECT CASE
    WHEN (SELECT count(*) FROM moved) = cardinality($1) THEN NULL
    -- Locked, so that what others moved since this statement began is seen, too. What was moved
    -- here is passed over.
    WHEN EXISTS (SELECT FROM unnest($1::text[], $2::integer[], $3::bigint[])
                             AS m(topic, partition, expected)
                 JOIN @POSITIONS@ AS p
                     ON p.topic = m.topic AND p.partition = m.partition
                    AND p.next_offset = m.expected
                 ORDER BY p.topic, p.partition FOR UPDATE OF p)
        THEN jobtrail.require(false, 'JT005', '@POSITIONS@')
    ELSE jobtrail.require(false, 'JT001', 'a position is not where this batch began') END
