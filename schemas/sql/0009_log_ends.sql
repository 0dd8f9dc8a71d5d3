-- SPDX-License-Identifier: Apache-2.0
-- What "up to date" means: every partition that a topic has counts from the moment it is known, and a
-- log's end is its true one, with what an open transaction hides.

-- Null: the partition is known, and nobody has begun to read it. caught_up_at is then a moment at
-- which it was not there yet.
ALTER TABLE jobtrail_p1.source_position ALTER COLUMN next_offset DROP NOT NULL;

-- What is there was claimed of the partitions that were read alone. It is proved anew as soon as the
-- service runs.
UPDATE jobtrail_p1.source_position SET caught_up_at = NULL;

-- Where the logs of cancel requests end, for whoever looks how far they are read.
ALTER TABLE jobtrail.cancel_position
    ADD COLUMN log_end bigint, -- offset behind the last record, as of log_end_seen_at
    ADD COLUMN log_end_seen_at timestamptz;

SELECT jobtrail.admit_reader();
