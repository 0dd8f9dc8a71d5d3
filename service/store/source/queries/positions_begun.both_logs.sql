-- SPDX-License-Identifier: Apache-2.0
-- Whether each @SOURCE@ has a position now that positions_create is done, whoever made it. JT005: one
-- has none.
SELECT jobtrail.require(
    (SELECT count(*) FROM unnest($1::text[], $2::integer[]) AS s(topic, partition)
     JOIN @POSITIONS@ AS p
         ON p.topic = s.topic COLLATE "C" AND p.partition = s.partition
        AND p.next_offset IS NOT NULL) = cardinality($1),
    'JT005', '@POSITIONS@')
