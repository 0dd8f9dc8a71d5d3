-- SPDX-License-Identifier: Apache-2.0
-- The ledger has all that is before these offsets. JT005: one was not written.
WITH moved AS (
    INSERT INTO jobtrail.published_position AS p (topic, partition, next_offset, cluster_id)
    SELECT n.topic, n.partition, n.next_offset, $4::text
    FROM unnest($1::text[], $2::integer[], $3::bigint[]) AS n(topic, partition, next_offset)
    ORDER BY n.topic, n.partition
    ON CONFLICT (topic, partition) DO UPDATE
    SET next_offset = excluded.next_offset, cluster_id = excluded.cluster_id, updated_at = now()
    RETURNING 1
)
SELECT jobtrail.require((SELECT count(*) FROM moved) = cardinality($1), 'JT005',
                        'jobtrail.published_position')
