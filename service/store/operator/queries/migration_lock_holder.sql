-- SPDX-License-Identifier: Apache-2.0
-- Who holds what migration_lock.sql waits for, and whether it names itself as this session does.
SELECT a.pid, a.usename::text, a.application_name,
       a.application_name = current_setting('application_name')
FROM pg_locks AS l
JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.granted AND l.pid <> pg_backend_pid()
  AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
  AND (l.relation = to_regclass('jobtrail.migration') AND l.mode IN
           ('RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock',
            'ExclusiveLock', 'AccessExclusiveLock')
       OR to_regclass('jobtrail.migration') IS NULL AND l.locktype = 'advisory'
          AND (l.classid::bigint << 32) | l.objid::bigint = 7453010373645639281)
ORDER BY a.pid LIMIT 1
