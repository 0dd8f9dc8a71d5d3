-- SPDX-License-Identifier: Apache-2.0
-- Whether there is room for $1 connections of one process. Those that we have already, it may be by
-- a serve that runs, count as free.
WITH limits AS (
    SELECT 'max_connections' AS name,
           current_setting('max_connections')::integer
               - current_setting('superuser_reserved_connections')::integer
               - coalesce(current_setting('reserved_connections', true)::integer, 0) AS most,
           (SELECT count(*) FROM pg_stat_activity AS a
            WHERE a.backend_type = 'client backend' AND a.usename IS DISTINCT FROM session_user)
               AS others,
           format('ALTER SYSTEM SET max_connections = %s; -- and restart the server',
                  current_setting('max_connections')::integer + $1) AS command
    UNION ALL
    SELECT format('the limit of the role %I', rolname), rolconnlimit, 0,
           format('ALTER ROLE %I CONNECTION LIMIT %s;', rolname, $1 * 2)
    FROM pg_roles WHERE rolname = session_user AND rolconnlimit >= 0
    UNION ALL
    SELECT format('the limit of the database %I', datname), datconnlimit,
           (SELECT count(*) FROM pg_stat_activity AS a
            WHERE a.datname = d.datname AND a.usename IS DISTINCT FROM session_user),
           format('ALTER DATABASE %I CONNECTION LIMIT %s;', datname, datconnlimit + $1)
    FROM pg_database AS d WHERE datname = current_database() AND datconnlimit >= 0
)
SELECT CASE WHEN most < $1 THEN 2 WHEN most - others < $1 THEN 1 ELSE 0 END, name,
       format('one process opens up to %s connections; %s are allowed, of which others have %s now',
              $1::integer, most, others),
       CASE WHEN most - others < $1 THEN command END
FROM limits
