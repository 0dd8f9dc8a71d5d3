-- SPDX-License-Identifier: Apache-2.0
-- The broker will never take the row $1, for the reason $2.
UPDATE jobtrail.outbox SET refusal = $2::text WHERE id = $1::bigint
