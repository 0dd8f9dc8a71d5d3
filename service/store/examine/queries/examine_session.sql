-- SPDX-License-Identifier: Apache-2.0
-- Who only looks changes nothing, holds nobody up, and is held up by nobody for long.
SELECT set_config('default_transaction_read_only', 'on', false),
       set_config('lock_timeout', '2s', false),
       set_config('statement_timeout', '5s', false),
       set_config('idle_in_transaction_session_timeout', '10s', false),
       set_config('row_security', 'on', false),
       set_config('jit', 'off', false),
       set_config('search_path', 'pg_catalog', false)
