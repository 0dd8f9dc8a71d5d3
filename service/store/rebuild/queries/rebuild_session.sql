-- SPDX-License-Identifier: Apache-2.0
-- A rebuild takes as long as it takes, and waits for nobody's lock for long. What is compared is
-- walked in the order of the primary key. Between two questions all logs may be read.
SELECT set_config('lock_timeout', '5s', false),
       set_config('statement_timeout', '0', false),
       set_config('idle_session_timeout', '0', false),
       set_config('idle_in_transaction_session_timeout', '60s', false),
       set_config('row_security', 'on', false),
       set_config('synchronous_commit', 'on', false),
       set_config('jit', 'off', false),
       set_config('search_path', 'pg_catalog', false)
