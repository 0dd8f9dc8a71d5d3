-- SPDX-License-Identifier: Apache-2.0
-- Whether there is a record of migrations at all.
SELECT to_regclass('jobtrail.migration') IS NOT NULL
