-- SPDX-License-Identifier: Apache-2.0
-- Up to where the ledger has what is in the partitions ($1 topics, $2 numbers) of the cluster $3; null:
-- nothing is known of such a partition.
SELECT p.next_offset
FROM unnest($1::text[], $2::integer[]) WITH ORDINALITY AS q(topic, partition, place)
LEFT JOIN jobtrail.published_position AS p
    ON p.topic = q.topic AND p.partition = q.partition AND p.cluster_id = $3::text
ORDER BY q.place
