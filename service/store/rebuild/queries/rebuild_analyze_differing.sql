-- SPDX-License-Identifier: Apache-2.0
-- A guess of how many they are would have the swap read all jobs for them, while writers wait.
ANALYZE jobtrail_p2.differing
