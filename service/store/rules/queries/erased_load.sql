-- SPDX-License-Identifier: Apache-2.0
-- By what events of erased members are known.
SELECT m.erased_at, m.salt, m.digest FROM jobtrail.erased_member AS m ORDER BY m.salt, m.digest
