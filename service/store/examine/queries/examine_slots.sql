-- SPDX-License-Identifier: Apache-2.0
-- Replication slots: WAL from where they stand on is kept, for ever where nothing limits it.
WITH slots AS (
    SELECT slot_name, active, wal_status, database,
           pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint AS held,
           current_setting('max_slot_wal_keep_size') AS most
    FROM pg_replication_slots
)
SELECT CASE WHEN active AND wal_status IS DISTINCT FROM 'lost' THEN 0
            WHEN held > 1024 * 1024 * 1024 THEN 2 ELSE 1 END, format('slot %I', slot_name),
       CASE WHEN wal_status = 'lost' THEN 'it lost WAL that it needed: its consumer must begin anew'
            WHEN active THEN format('in use; holds %s of WAL', pg_size_pretty(held))
            ELSE format('nobody uses it, and it holds %s of WAL (max_slot_wal_keep_size is %s): the'
                        ' disk fills up', coalesce(pg_size_pretty(held), 'none'), most) END,
       CASE WHEN NOT active THEN format('SELECT pg_drop_replication_slot(%L);', slot_name) END
FROM slots
UNION ALL
SELECT 0, '', 'there are no replication slots', NULL WHERE NOT EXISTS (SELECT FROM slots)
