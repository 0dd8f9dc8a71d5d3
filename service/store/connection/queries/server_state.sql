-- SPDX-License-Identifier: Apache-2.0
-- Who is behind the connection: the process, whether it is a standby, whether and by what the
-- session would only read, and where we are.
SELECT pg_backend_pid(), pg_is_in_recovery(), d.setting = 'on', d.source::text,
       quote_ident(current_database())
FROM pg_settings AS d WHERE d.name = 'default_transaction_read_only'
