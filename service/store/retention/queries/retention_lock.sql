-- SPDX-License-Identifier: Apache-2.0
-- One at a time lets jobs leave, this one if it gets a row; as outbox_lock.sql.
INSERT INTO jobtrail.retention_lock AS r (pid, token)
SELECT pg_backend_pid(), $1::bigint
WHERE NOT EXISTS (SELECT FROM jobtrail.retention_lock AS h
                  WHERE jobtrail.relay_lives(h.pid, h.token) AND h.token <> $1)
ON CONFLICT (only_one) DO UPDATE SET pid = excluded.pid, token = excluded.token
WHERE NOT jobtrail.relay_lives(r.pid, r.token) OR r.token = $1
RETURNING pid
