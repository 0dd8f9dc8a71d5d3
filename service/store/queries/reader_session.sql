-- SPDX-License-Identifier: Apache-2.0
-- How a reader's session differs from a worker's: its questions are worth a plan of their own,
-- since most parts of a filter are null, and it writes nothing.
SELECT set_config('role', 'jobtrail_reader', false),
       set_config('default_transaction_read_only', 'on', false),
       set_config('plan_cache_mode', 'force_custom_plan', false),
       set_config('enable_hashjoin', 'on', false),
       set_config('enable_mergejoin', 'on', false),
       set_config('enable_seqscan', 'on', false)
