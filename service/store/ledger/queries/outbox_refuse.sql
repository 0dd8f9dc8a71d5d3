-- SPDX-License-Identifier: Apache-2.0
-- The broker will never take the row $1, for the reason $2. JT005: it is there, and was not written.
WITH refused AS (
    UPDATE jobtrail.outbox SET refusal = $2::text WHERE id = $1::bigint
    RETURNING 1
)
SELECT CASE
    WHEN EXISTS (SELECT FROM refused) THEN NULL
    ELSE jobtrail.require(
        NOT EXISTS (SELECT FROM jobtrail.outbox WHERE id = $1::bigint FOR UPDATE),
        'JT005', 'jobtrail.outbox') END
