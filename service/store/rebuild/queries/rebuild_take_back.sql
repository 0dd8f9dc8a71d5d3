-- SPDX-License-Identifier: Apache-2.0
-- The projection that was live before is filled on.
ALTER SCHEMA jobtrail_p0 RENAME TO jobtrail_p2
