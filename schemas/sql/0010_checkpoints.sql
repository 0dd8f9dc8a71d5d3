-- SPDX-License-Identifier: Apache-2.0
-- Checkpoints of each source: some older records that were read, the newest first, three numbers
-- each: offset, Kafka's timestamp, hash. A log that no longer has them is another log.
ALTER TABLE jobtrail_p1.source_position
    ADD COLUMN checkpoints bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN checkpointed_at timestamptz;
ALTER TABLE jobtrail.cancel_position
    ADD COLUMN checkpoints bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN checkpointed_at timestamptz;
