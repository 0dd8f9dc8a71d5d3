-- SPDX-License-Identifier: Apache-2.0
-- What is on the disk, and whether vacuum keeps up. How much room is left SQL does not tell.
WITH tables AS (
    SELECT format('%I.%I', s.schemaname, s.relname) AS name, s.n_live_tup, s.n_dead_tup,
           s.last_autovacuum, pg_total_relation_size(s.relid) AS size
    FROM pg_stat_all_tables AS s WHERE s.schemaname ~ '^jobtrail(_p[0-9]+)?$'
)
SELECT 0, '', format('the database has %s, of which jobtrail %s; how much room the disk has left SQL'
                     ' does not tell', pg_size_pretty(pg_database_size(current_database())),
                     pg_size_pretty(sum(size))), NULL::text
FROM tables
UNION ALL
SELECT 1, name, format('%s of its rows are dead, beside %s that live; last autovacuum: %s', n_dead_tup,
                       n_live_tup, coalesce(date_trunc('second', last_autovacuum)::text, 'never')),
       format('VACUUM (ANALYZE) %s;', name)
FROM tables WHERE n_dead_tup > 100000 AND n_dead_tup > n_live_tup
UNION ALL
SELECT CASE WHEN age(datfrozenxid) > 1500000000 THEN 2
            WHEN age(datfrozenxid) > 2 * current_setting('autovacuum_freeze_max_age')::bigint THEN 1
            ELSE 0 END, 'transaction ids',
       format('%s million of 2,100 million are used up', age(datfrozenxid) / 1000000),
       CASE WHEN age(datfrozenxid) > 2 * current_setting('autovacuum_freeze_max_age')::bigint
            THEN 'VACUUM (FREEZE);' END
FROM pg_database WHERE datname = current_database()
