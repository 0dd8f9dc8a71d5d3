-- SPDX-License-Identifier: Apache-2.0
-- The session that keeps the relay's lock (outbox_lock.sql), and whether it names itself as this one does.
SELECT a.pid, a.usename::text, a.application_name,
       a.application_name = current_setting('application_name') AS is_ours
FROM pg_stat_activity AS a
WHERE a.pid = coalesce((SELECT r.pid FROM jobtrail.relay_lock AS r
                        WHERE jobtrail.relay_lives(r.pid, r.token)), jobtrail.relay_of_before())
