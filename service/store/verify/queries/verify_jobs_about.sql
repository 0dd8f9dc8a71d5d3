-- SPDX-License-Identifier: Apache-2.0
-- About how many jobs there are, as the last ANALYZE found; -1: it was never run.
SELECT reltuples::bigint FROM pg_class WHERE oid = 'jobtrail_p1.job'::regclass
