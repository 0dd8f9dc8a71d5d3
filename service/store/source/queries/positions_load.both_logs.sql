-- SPDX-License-Identifier: Apache-2.0
-- Where each @SOURCE@ stands, in the order asked for; nulls where that is not recorded. One that is
-- known and was never begun stands nowhere.
SELECT p.next_offset, p.last_offset, p.last_timestamp_ms, p.last_hash, p.cluster_id, p.checkpoints
FROM unnest($1::text[], $2::integer[]) WITH ORDINALITY AS s(topic, partition, place)
LEFT JOIN @POSITIONS@ AS p ON p.topic = s.topic COLLATE "C" AND p.partition = s.partition
ORDER BY s.place
