-- SPDX-License-Identifier: Apache-2.0
-- The dead letters $1 are published.
UPDATE jobtrail.dead_letter SET published_at = now()
WHERE id = ANY ($1::bigint[]) AND published_at IS NULL
