-- SPDX-License-Identifier: Apache-2.0
-- Transactions of this database that are open for more than $1 seconds: vacuum leaves what became
-- dead since, and the live stream waits for the ids that they may have drawn.
WITH sessions AS (
    SELECT pid, usename, application_name, state, now() - xact_start AS age
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
      AND backend_type = 'client backend' AND now() - xact_start >= make_interval(secs => $1::integer)
), prepared AS (
    SELECT gid, owner, now() - prepared AS age FROM pg_prepared_xacts
    WHERE database = current_database() AND now() - prepared >= make_interval(secs => $1::integer)
), hidden AS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type IS NULL
      AND NOT pg_has_role('pg_read_all_stats', 'USAGE')
)
SELECT CASE WHEN age > interval '1 hour' THEN 2 ELSE 1 END, format('session %s', pid),
       format('a transaction of %I (application "%s", %s) is open since %s: vacuum cannot remove'
              ' what became dead since', usename, application_name, state, date_trunc('second', age)),
       format('SELECT pg_terminate_backend(%s);', pid)
FROM sessions
UNION ALL
SELECT 2, format('prepared %L', gid),
       format('%I prepared a transaction %s ago and did not end it: vacuum cannot remove what became'
              ' dead since, and its locks stay', owner, date_trunc('second', age)),
       format('ROLLBACK PREPARED %L;', gid)
FROM prepared
UNION ALL
SELECT 1, 'other roles', format('%I may not see since when sessions of other roles have transactions'
                                ' open', session_user),
       CASE WHEN current_setting('server_version_num')::integer >= 160000
            THEN format('GRANT pg_read_all_stats TO %I WITH INHERIT TRUE;', session_user)
            ELSE format('GRANT pg_read_all_stats TO %I;', session_user)
                 || CASE WHEN NOT rolinherit THEN format(' ALTER ROLE %I INHERIT;', session_user)
                         ELSE '' END END
FROM pg_roles WHERE rolname = session_user AND EXISTS (SELECT FROM hidden)
UNION ALL
SELECT 0, '', format('no transaction that we see is open for more than %s s', $1::integer), NULL
WHERE NOT EXISTS (SELECT FROM sessions) AND NOT EXISTS (SELECT FROM prepared)
