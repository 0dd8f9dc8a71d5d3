-- SPDX-License-Identifier: Apache-2.0
-- The broker will never take the dead letter $1, for the reason $2.
UPDATE jobtrail.dead_letter SET refusal = $2::text
WHERE id = $1::bigint AND published_at IS NULL
