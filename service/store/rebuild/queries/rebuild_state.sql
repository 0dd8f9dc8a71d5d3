-- SPDX-License-Identifier: Apache-2.0
-- What there is besides the live projection: one that is being filled, and one that was live before.
SELECT to_regclass('jobtrail_p2.rebuild') IS NOT NULL, to_regclass('jobtrail_p0.job') IS NOT NULL
