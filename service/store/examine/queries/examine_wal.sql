-- SPDX-License-Identifier: Apache-2.0
-- How much WAL is there. More than twice what checkpoints leave is held by somebody.
SELECT CASE WHEN w.size > 2 * s.setting::bigint * 1024 * 1024 THEN 1 ELSE 0 END, 'WAL',
       format('%s are kept; max_wal_size is %s', pg_size_pretty(w.size),
              current_setting('max_wal_size')),
       CASE WHEN w.size > 2 * s.setting::bigint * 1024 * 1024
            THEN 'SELECT * FROM pg_replication_slots; SELECT * FROM pg_stat_archiver;' END
FROM (SELECT sum(size) AS size FROM pg_ls_waldir()) AS w, pg_settings AS s
WHERE s.name = 'max_wal_size'
