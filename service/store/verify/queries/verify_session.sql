-- SPDX-License-Identifier: Apache-2.0
-- Whoever only compares changes nothing, and waits for no lock for long. A recount takes as long as
-- it takes, and between two questions all logs may be read. Rows are found by the primary key, one by
-- one.
SELECT set_config('default_transaction_read_only', 'on', false),
       set_config('lock_timeout', '5s', false),
       set_config('statement_timeout', '0', false),
       set_config('idle_session_timeout', '0', false),
       set_config('idle_in_transaction_session_timeout', '60s', false),
       set_config('row_security', 'on', false),
       set_config('jit', 'off', false),
       set_config('enable_hashjoin', 'off', false),
       set_config('enable_mergejoin', 'off', false),
       set_config('search_path', 'pg_catalog', false)
