-- SPDX-License-Identifier: Apache-2.0
-- Whoever plans for the rows knows what they are from the first moment on.
ANALYZE jobtrail_p2.job, jobtrail_p2.job_count
