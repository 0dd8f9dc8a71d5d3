-- SPDX-License-Identifier: Apache-2.0
-- Settings that lose what was committed, or leave tables to grow.
WITH faults AS (
    SELECT CASE name WHEN 'full_page_writes' THEN 1 ELSE 2 END AS level, name,
           CASE name WHEN 'fsync' THEN 'off: a crash of the machine damages the database, the ledger'
                                       ' of cancel requests included'
                     WHEN 'full_page_writes' THEN 'off: a crash of the machine may damage pages'
                     ELSE 'off: nothing vacuums tables, which grow, and lists become slow' END
               AS meaning,
           format('ALTER SYSTEM SET %s = on; SELECT pg_reload_conf();', name) AS command
    FROM pg_settings
    WHERE name IN ('fsync', 'full_page_writes', 'autovacuum', 'track_counts') AND setting = 'off'
    UNION ALL
    SELECT 2, format('%I.%I', n.nspname, c.relname),
           'autovacuum is off for it: it grows, and lists become slow',
           format('ALTER TABLE %I.%I RESET (autovacuum_enabled);', n.nspname, c.relname)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace,
         unnest(c.reloptions) AS o
    WHERE n.nspname ~ '^jobtrail(_p[0-9]+)?$' AND o ~ '^autovacuum_enabled=(false|off|no|0)$'
    UNION ALL
    SELECT 1, 'synchronous_commit',
           'it waits for a standby that no synchronous_standby_names names',
           'ALTER SYSTEM RESET synchronous_commit; SELECT pg_reload_conf();'
    WHERE current_setting('synchronous_commit') IN ('remote_apply', 'remote_write')
      AND current_setting('synchronous_standby_names') = ''
)
SELECT level, name, meaning, command FROM faults
UNION ALL
SELECT 0, '', format('fsync, full_page_writes and autovacuum are on; wal_level is %s',
                     current_setting('wal_level')), NULL
WHERE NOT EXISTS (SELECT FROM faults)
