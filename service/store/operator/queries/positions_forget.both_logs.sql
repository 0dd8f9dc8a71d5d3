-- SPDX-License-Identifier: Apache-2.0
-- Forgets all of a topic that is @SOURCE@: each partition is a new one then. What the ledger has of the
-- log that was is said to be of that one, for another request will stand at its place in the new log.
WITH gone AS (
    UPDATE jobtrail.cancel_request SET topic = topic || ' until ' || statement_timestamp()
    WHERE topic = $1::text
)
DELETE FROM @POSITIONS@ WHERE topic = $1::text
RETURNING topic, partition, next_offset
