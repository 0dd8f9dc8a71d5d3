-- SPDX-License-Identifier: Apache-2.0
-- The oldest dead letters to be published, but for $1, which are under way: at most $2, and no
-- more than hold $3 bytes together; the first one always.
SELECT d.id, d.topic, d.partition, d.record_offset, d.timestamp_ms, d.stage, d.reason, d.message,
       d.key, d.value, d.header_names, d.header_values
FROM (SELECT id, sum(bytes) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
      FROM (SELECT id, coalesce(octet_length(key), 0) + coalesce(octet_length(value), 0)
                       + octet_length(array_send(header_names))
                       + octet_length(array_send(header_values)) AS bytes
            FROM jobtrail.dead_letter
            WHERE published_at IS NULL AND refusal IS NULL AND id <> ALL ($1::bigint[])
            ORDER BY id LIMIT $2::integer) AS oldest) AS fitting
JOIN jobtrail.dead_letter AS d ON d.id = fitting.id
WHERE fitting.bytes_before < $3::bigint
ORDER BY d.id
