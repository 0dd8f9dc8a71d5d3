-- SPDX-License-Identifier: Apache-2.0
-- How a worker's session differs from any other. What it writes asynchronously rolls back together
-- with the position, so that it is read again. Its statements know their plan: a walk over the
-- parameters, and the primary key for each.
-- $1 statement, $2 lock, $3 transaction: timeouts in milliseconds.
SELECT set_config('statement_timeout', $1::text, false),
       set_config('lock_timeout', $2::text, false),
       set_config('idle_in_transaction_session_timeout', $3::text, false),
       -- PostgreSQL 17 has a limit for the whole; transaction_deadline.sql is there for all.
       (SELECT set_config(name, $3::text, false) FROM pg_settings
        WHERE name = 'transaction_timeout'),
       -- Whoever waits for something to do is no idle session that anybody forgot.
       set_config('idle_session_timeout', '0', false),
       -- Off, a role would see nothing where a policy lets it see a part.
       set_config('row_security', 'on', false),
       -- An error's context tells where it happened (store/connection/blame.h), and no values.
       set_config('log_parameter_max_length_on_error', '0', false),
       set_config('synchronous_commit', 'off', false),
       set_config('enable_hashjoin', 'off', false),
       set_config('enable_mergejoin', 'off', false),
       set_config('enable_seqscan', 'off', false),
       set_config('plan_cache_mode', 'force_generic_plan', false),
       set_config('jit', 'off', false),
       set_config('search_path', 'pg_catalog', false),
       current_setting('server_encoding')
