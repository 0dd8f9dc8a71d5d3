-- SPDX-License-Identifier: Apache-2.0
-- Records where each @SOURCE@ begins, unless that is recorded already; in which cluster that is, if
-- only that is not known.
INSERT INTO @POSITIONS@ AS p (topic, partition, next_offset, last_offset,
                                         last_timestamp_ms, last_hash, cluster_id, owner)
SELECT b.topic, b.partition, b.next_offset, b.last_offset, b.last_timestamp_ms, b.last_hash,
       $7::text, $8::text
FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
     AS b(topic, partition, next_offset, last_offset, last_timestamp_ms, last_hash)
ON CONFLICT (topic, partition) DO UPDATE
SET next_offset = coalesce(p.next_offset, excluded.next_offset), cluster_id = excluded.cluster_id,
    owner = coalesce(p.owner, excluded.owner)
WHERE p.cluster_id IS NULL
