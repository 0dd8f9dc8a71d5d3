-- SPDX-License-Identifier: Apache-2.0
-- Which server it is, as whom we are there, and whether others can listen on the way.
SELECT 0, ''::text,
       format('PostgreSQL %s, database %I as %I, %s, up since %s', current_setting('server_version'),
              current_database(), session_user, current_setting('server_encoding'),
              date_trunc('second', pg_postmaster_start_time())),
       NULL::text
UNION ALL
SELECT 1, 'encryption',
       format('what is said to %s is not encrypted', host(inet_server_addr())),
       'jobtrail … --set postgres.sslmode=verify-full'
FROM pg_stat_ssl
WHERE pid = pg_backend_pid() AND NOT ssl AND NOT inet_server_addr() <<= ANY ('{127.0.0.0/8,::1/128}')
