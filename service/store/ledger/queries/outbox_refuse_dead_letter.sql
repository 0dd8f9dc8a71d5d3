-- SPDX-License-Identifier: Apache-2.0
-- The broker will never take the dead letter $1, for the reason $2. JT005: it is there, and was not
-- written.
WITH refused AS (
    UPDATE jobtrail.dead_letter SET refusal = $2::text
    WHERE id = $1::bigint AND published_at IS NULL
    RETURNING 1
)
SELECT CASE
    WHEN EXISTS (SELECT FROM refused) THEN NULL
    ELSE jobtrail.require(
        NOT EXISTS (SELECT FROM jobtrail.dead_letter
                    WHERE id = $1::bigint AND published_at IS NULL FOR UPDATE),
        'JT005', 'jobtrail.dead_letter') END
