-- SPDX-License-Identifier: Apache-2.0
-- Puts @SOURCE@ where a person wants it, and says where it stood. Nothing is remembered of the
-- records before it, nor of the cluster: whatever is found there is accepted. JT005: it was not put.
WITH before AS (
    SELECT next_offset FROM @POSITIONS@
    WHERE topic = $1::text AND partition = $2::integer
    FOR UPDATE
), put AS (
    INSERT INTO @POSITIONS@ (topic, partition, next_offset, last_offset,
                                             last_timestamp_ms, last_hash)
    -- Naming before makes it wait for its lock first.
    SELECT $1::text, $2::integer, $3::bigint, -1, -1, 0 FROM (SELECT count(*) FROM before) AS w
    ON CONFLICT (topic, partition) DO UPDATE
    SET next_offset = excluded.next_offset, last_offset = -1, last_timestamp_ms = -1,
        last_hash = 0, checkpoints = '{}', checkpointed_at = NULL, @FORGET_LOG_END@
        cluster_id = NULL, owner = NULL, updated_at = now()
    RETURNING 1
)
SELECT (SELECT next_offset FROM before),
       jobtrail.require(EXISTS (SELECT FROM put), 'JT005', '@POSITIONS@')
