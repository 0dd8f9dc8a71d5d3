-- SPDX-License-Identifier: Apache-2.0
-- The session that holds the relay's lock (outbox_lock.sql), and whether it names itself as this one does.
SELECT a.pid, a.usename::text, a.application_name,
       a.application_name = current_setting('application_name') AS is_ours
FROM pg_locks AS l
JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
  AND (l.classid::bigint << 32) | l.objid::bigint = 7453010373645639282
