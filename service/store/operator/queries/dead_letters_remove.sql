-- SPDX-License-Identifier: Apache-2.0
-- Removes the dead letters $1.
DELETE FROM jobtrail.dead_letter WHERE id = ANY ($1::bigint[])
