-- SPDX-License-Identifier: Apache-2.0
-- The dead letters $1 are published. JT005: one is not marked as that.
WITH marked AS (
    UPDATE jobtrail.dead_letter SET published_at = now()
    WHERE id = ANY ($1::bigint[]) AND published_at IS NULL
    RETURNING 1
)
SELECT CASE
    WHEN (SELECT count(*) FROM marked) = cardinality($1) THEN NULL
    -- Locked, so that what others marked meanwhile is seen; what was marked here is passed over.
    ELSE jobtrail.require(
        NOT EXISTS (SELECT FROM jobtrail.dead_letter
                    WHERE id = ANY ($1::bigint[]) AND published_at IS NULL
                    ORDER BY id FOR UPDATE),
        'JT005', 'jobtrail.dead_letter') END
