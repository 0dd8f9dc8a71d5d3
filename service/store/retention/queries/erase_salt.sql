-- SPDX-License-Identifier: Apache-2.0
-- The salt by which members were erased so far: one for all, so that an event costs one digest.
SELECT m.salt FROM jobtrail.erased_member AS m ORDER BY m.erased_at DESC LIMIT 1
