-- SPDX-License-Identifier: Apache-2.0
-- How a reader's session differs from a worker's: its questions are worth a plan of their own,
-- since most parts of a filter are null, and it writes nothing. What runs is found in an index where
-- every job that ended has left an entry: an index scan marks those that it met as dead, for whoever
-- comes next; a bitmap scan does not, and meets them all again.
SELECT set_config('role', 'jobtrail_reader', false),
       set_config('default_transaction_read_only', 'on', false),
       set_config('plan_cache_mode', 'force_custom_plan', false),
       set_config('enable_hashjoin', 'on', false),
       set_config('enable_mergejoin', 'on', false),
       set_config('enable_seqscan', 'on', false),
       set_config('enable_bitmapscan', 'off', false)
